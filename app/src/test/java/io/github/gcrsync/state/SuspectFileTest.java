package io.github.gcrsync.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.commands.ChildCommand;
import io.github.gcrsync.oci.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class SuspectFileTest {
    private static final Suspect ONE =
            new Suspect("a:1", digest("one"), 3, Instant.parse("2026-01-02T03:04:05Z"), "source: it is what it is");

    @TempDir
    private Path state;

    private static Digest digest(String text) {
        return Digest.sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    private SuspectFile file() {
        return new SuspectFile(state, "here -> there");
    }

    private Path written() throws IOException {
        try (Stream<Path> all = Files.list(state.resolve("quarantine"))) {
            return all.filter(path -> !path.toString().contains("."))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void readsWhatItWrites() throws IOException {
        file().update(suspects -> suspects.put("a:1", ONE));

        assertThat(file().read()).containsExactly(java.util.Map.entry("a:1", ONE));
        assertThat(new SuspectFile(state, "here -> elsewhere").read()).isEmpty();
        assertThat(written()).content().startsWith("# gcrsync quarantine 1: here -> there\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(written())))
                .isEqualTo("rw-------");

        Path before = written();
        file().update(suspects -> suspects.clear());
        assertThat(before).doesNotExist();
    }

    @Test
    void keepsReasonOnOneLine() {
        Suspect hostile = new Suspect("a:1", ONE.digest(), 3, ONE.tried(), "source: x\nb:1 y\r\u2028\u001b[2J ");
        file().update(suspects -> suspects.put("a:1", hostile));

        assertThat(file().read()).hasSize(1).containsKey("a:1");
    }

    @Test
    void setsDamagedFileAside() throws IOException {
        file().update(suspects -> suspects.put("a:1", ONE));
        Path path = written();
        String sound = Files.readString(path);
        for (String damaged : List.of(
                "",
                "x",
                sound.strip(),
                sound.replace("sha256:", "sha"),
                sound.replace(" 3 ", " three "),
                sound + "b:1\n")) {
            Files.writeString(path, damaged);
            SuspectFile file = file();
            assertThat(file.read()).isEmpty();
            assertThat(file.isDamaged()).isTrue();
            assertThat(path).as("reading alone changes nothing").hasContent(damaged);

            file.update(suspects -> suspects.put("a:1", ONE));

            assertThat(path.resolveSibling(path.getFileName() + ".damaged")).hasContent(damaged);
            assertThat(file.isDamaged()).isFalse();
            assertThat(file().read()).containsValue(ONE);
        }
    }

    @Test
    void keepsFileRepairedByAnotherRun() throws IOException {
        file().update(suspects -> suspects.put("a:1", ONE));
        String sound = Files.readString(written());
        Files.writeString(written(), "x");
        SuspectFile file = file();
        assertThat(file.read()).isEmpty();
        Files.writeString(written(), sound);

        assertThat(file.update(_ -> {})).containsValue(ONE);
    }

    @Test
    void continuesIfFileCannotBeWritten() throws IOException {
        Files.writeString(state.resolve("quarantine"), "in the way");
        assertThat(file().read()).isEmpty();
        assertThat(file().update(suspects -> suspects.put("a:1", ONE))).containsValue(ONE);
    }

    /** Each process adds runs to the same image; none of them is lost. */
    @Test
    @Timeout(120)
    void keepsUpdatesOfConcurrentRuns() throws Exception {
        int times = 50;
        List<String> command = new ArrayList<>(ChildCommand.java(Adding.class.getName()));
        command.addAll(List.of(state.toString(), "" + times));
        Process other = new ProcessBuilder(command).inheritIO().start();
        try {
            Thread third = Thread.ofVirtual().start(() -> Adding.add(state, times));
            Adding.add(state, times);
            third.join();
            assertThat(other.waitFor()).isZero();
        } finally {
            other.destroyForcibly();
        }
        assertThat(file().read().values()).extracting(Suspect::runs).containsExactly(3 * times);
    }

    /** A separate program. */
    static final class Adding {
        private Adding() {}

        public static void main(String[] arguments) {
            add(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
        }

        static void add(Path state, int times) {
            SuspectFile file = new SuspectFile(state, "here -> there");
            for (int i = 0; i < times; i++) {
                file.update(suspects -> suspects.merge(
                        "a:1",
                        new Suspect("a:1", ONE.digest(), 1, ONE.tried(), ONE.reason()),
                        (old, more) -> new Suspect(
                                old.image(), old.digest(), old.runs() + more.runs(), old.tried(), old.reason())));
            }
        }
    }
}
