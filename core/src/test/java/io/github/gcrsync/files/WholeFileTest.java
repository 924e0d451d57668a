package io.github.gcrsync.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WholeFileTest {
    private static final byte[] TEXT = "new".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path folder;

    /** A reader with the old file open continues to read the old content. */
    @Test
    void replacesFileInsteadOfOverwriting() throws Exception {
        Path file = Files.writeString(folder.resolve("report.json"), "old");
        Path other = Files.createLink(folder.resolve("other"), file);
        WholeFile.write(file, TEXT);
        assertThat(file).hasContent("new");
        assertThat(other).hasContent("old");
        assertNothingElse("report.json", "other");
    }

    @Test
    void followsLink() throws Exception {
        Path file = Files.writeString(folder.resolve("report-1.json"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("latest.json"), file.getFileName());
        WholeFile.write(link, TEXT);
        assertThat(link).isSymbolicLink();
        assertThat(file).hasContent("new");
    }

    @Test
    void keepsLinkToMissingFile() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("latest.json"), Path.of("report-2.json"));
        WholeFile.write(link, TEXT);
        assertThat(link).isSymbolicLink();
        assertThat(folder.resolve("report-2.json")).hasContent("new");
    }

    @Test
    void keepsPermissions() throws Exception {
        Path file = Files.writeString(folder.resolve("report.json"), "old");
        Set<PosixFilePermission> permissions = PosixFilePermissions.fromString("rw-r-----");
        Files.setPosixFilePermissions(file, permissions);
        WholeFile.write(file, TEXT);
        assertThat(file).hasContent("new");
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(permissions);
    }

    /** A shell that redirects its program's output to a file continues to write there. */
    @Test
    void appendsToOpenStream() throws Exception {
        Path log = Files.writeString(folder.resolve("log"), "before\n");
        try (FileChannel open = FileChannel.open(log, StandardOpenOption.APPEND)) {
            WholeFile.write(descriptorOf(log), TEXT);
            open.write(ByteBuffer.wrap(TEXT));
        }
        assertThat(log).hasContent("before\nnewnew");
    }

    @Test
    void appendsToLinkToOpenStream() throws Exception {
        Path log = Files.writeString(folder.resolve("log"), "before\n");
        try (FileChannel open = FileChannel.open(log, StandardOpenOption.APPEND)) {
            Path link = Files.createSymbolicLink(folder.resolve("stdout"), descriptorOf(log));
            WholeFile.write(Files.createSymbolicLink(folder.resolve("report"), link.getFileName()), TEXT);
            open.write(ByteBuffer.wrap(TEXT));
        }
        assertThat(log).hasContent("before\nnewnew");
        assertNothingElse("log", "stdout", "report");
    }

    @Test
    void refusesCyclicLinks() throws Exception {
        Path one = Files.createSymbolicLink(folder.resolve("one"), Path.of("other"));
        Files.createSymbolicLink(folder.resolve("other"), Path.of("one"));
        assertThatThrownBy(() -> WholeFile.write(one, TEXT)).isInstanceOf(FileSystemLoopException.class);
    }

    /** /dev/shm is a folder of regular files. */
    @Test
    void replacesFileInSharedMemory() throws Exception {
        Path shared = Files.createTempDirectory(Path.of("/dev/shm"), "gcrsync-");
        try {
            Path file = shared.resolve("report.json");
            WholeFile.write(file, TEXT);
            WholeFile.write(file, TEXT);
            assertThat(file).hasContent("new");
            Files.delete(file);
        } finally {
            Files.delete(shared);
        }
    }

    private static Path descriptorOf(Path file) throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors
                    .filter(one -> {
                        try {
                            return Files.isSameFile(one, file);
                        } catch (IOException e) {
                            return false; // A descriptor that another thread has closed.
                        }
                    })
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void writesToPipe() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        CompletableFuture<String> read = CompletableFuture.supplyAsync(() -> text(pipe));
        WholeFile.write(pipe, TEXT);
        assertThat(read.get()).isEqualTo("new");
    }

    @Test
    void leavesNothingAfterFailedWrite() throws Exception {
        Files.createDirectories(folder.resolve("a-folder/with-something"));
        assertThatThrownBy(() -> WholeFile.write(folder.resolve("a-folder"), TEXT))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> WholeFile.write(folder.resolve("missing/report.json"), TEXT))
                .isInstanceOf(IOException.class)
                .hasMessage(folder.resolve("missing/report.json").toString());
        assertNothingElse("a-folder");
    }

    private void assertNothingElse(String... names) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder(names);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
