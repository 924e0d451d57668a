package io.github.gcrsync.layout;

import static io.github.gcrsync.content.TestImages.blob;
import static io.github.gcrsync.content.TestImages.bytes;
import static io.github.gcrsync.content.TestImages.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.BlobArrival;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.content.TestImages;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.oci.RepositoryName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks what layouts refuse, and how they report damage. */
final class HostileFolderTest {
    private static final byte[] LAYER = bytes(7, 100_000);

    @TempDir
    Path temp;

    @ParameterizedTest
    @ValueSource(strings = {"a/blobs", "a/blobs/sha256", "a/index.json", "a/oci-layout/b", "x/y/blobs"})
    void refusesReservedNames(String name) {
        Repository repository = repository(name);

        assertThat(repository.resolve("1")).isEmpty();
        assertThatThrownBy(() -> ensure(repository))
                .isInstanceOf(ContentException.Unsupported.class)
                .hasMessageContaining("cannot contain a repository named " + name);
        assertThat(temp).isEmptyDirectory();
    }

    @Test
    void allowsReservedNameAsFirstComponent() {
        assertThat(ensure(repository("blobs"))).isEqualTo(BlobArrival.UPLOADED);
        assertThat(OciLayouts.at(temp).repositories()).containsExactly(new RepositoryName("blobs"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a/b", "a/b/blobs", "a/b/blobs/sha256", "a/b/.gcrsync"})
    void refusesToWriteThroughLinks(String link) throws IOException {
        Path outside = Files.createDirectory(temp.resolve("outside"));
        Path mirror = Files.createDirectory(temp.resolve("mirror"));
        Files.createDirectories(mirror.resolve(link).getParent());
        Files.createSymbolicLink(mirror.resolve(link), outside);

        Repository repository = OciLayouts.at(mirror).repository(new RepositoryName("a/b"));

        assertThatThrownBy(() -> ensure(repository))
                .isInstanceOf(ContentException.Unsupported.class)
                .hasMessageContaining("is a symbolic link");
        assertThat(outside).isEmptyDirectory();
        assertThat(OciLayouts.at(mirror).repositories()).isEmpty();
    }

    @Test
    void replacesLinkAtPathOfBlob() throws IOException {
        Path outside = Files.write(temp.resolve("precious"), LAYER);
        OciLayoutsTest.putImage(repository("a"), "1");
        Files.delete(blobFile("a"));
        Files.createSymbolicLink(blobFile("a"), outside);

        assertThat(ensure(repository("a"))).isEqualTo(BlobArrival.UPLOADED);

        assertThat(blobFile("a")).isRegularFile().hasBinaryContent(LAYER);
        assertThat(Files.isSymbolicLink(blobFile("a"))).isFalse();
        assertThat(outside).hasBinaryContent(LAYER);
    }

    @Test
    void reportsFileAtPathOfFolder() throws IOException {
        Files.createFile(temp.resolve("a"));

        assertThatThrownBy(() -> ensure(repository("a/b")))
                .isInstanceOf(ContentException.Unreachable.class)
                .hasMessageContaining(temp.resolve("a") + " is a file, where a folder is needed");
        assertThatThrownBy(() -> ensure(OciLayouts.at(temp.resolve("a")).repository(new RepositoryName("b"))))
                .isInstanceOf(ContentException.Unreachable.class)
                .hasMessageContaining("is a file, where a folder is needed");
    }

    @Test
    void reportsUnwritableFolder() {
        Repository repository = OciLayouts.at(Path.of("/proc/mirror")).repository(new RepositoryName("a"));

        assertThatThrownBy(() -> ensure(repository))
                .isInstanceOf(ContentException.Unreachable.class)
                .hasMessageMatching("cannot create the image layout /proc/mirror/a: \\S.*");
    }

    @Test
    void refusesLayoutOfAnotherVersion() throws IOException {
        Files.createDirectories(temp.resolve("a"));
        Files.writeString(temp.resolve("a/oci-layout"), "{\"imageLayoutVersion\":\"2.0.0\"}");

        assertThatThrownBy(() -> OciLayoutsTest.putImage(repository("a"), "1"))
                .isInstanceOf(ContentException.Unsupported.class)
                .hasMessageContaining("image layout of version 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"index.json", "oci-layout"})
    @Timeout(60)
    void refusesPipe(String part) throws Exception {
        OciLayoutsTest.putImage(repository("a"), "1");
        Path pipe = temp.resolve("a").resolve(part);
        Files.delete(pipe);
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();

        assertThatThrownBy(() -> repository("a").manifest("1"))
                .isInstanceOf(ContentException.Unreachable.class)
                .hasMessage("cannot read " + pipe + ": not a regular file");
    }

    @Test
    void servesFolderWhileOthersDelete() throws Exception {
        OciLayoutsTest.putImage(repository("a"), "1");
        ServedFolder served = ServedFolder.at(temp);
        AtomicBoolean isOver = new AtomicBoolean();
        Thread deleting = Thread.ofPlatform().start(() -> {
            Path folder = temp.resolve("b");
            while (!isOver.get()) {
                assertThat(folder.toFile().mkdir()).isTrue();
                assertThat(folder.toFile().delete()).isTrue();
            }
        });
        try {
            for (int i = 0; i < 3000; i++) {
                assertThat(served.repositories()).containsExactly(new RepositoryName("a"));
            }
        } finally {
            isOver.set(true);
            deleting.join();
        }
    }

    @Test
    void reportsAndRepairsDamagedManifest() throws IOException {
        Manifest image = OciLayoutsTest.putImage(repository("a"), "1");
        Path file = temp.resolve("a/blobs/sha256/" + image.descriptor().digest().hex());
        byte[] damaged = image.content().toArray();
        damaged[5] ^= 1;
        Files.write(file, damaged);

        assertThatThrownBy(() -> repository("a").manifest("1"))
                .isInstanceOf(ContentException.Corrupt.class)
                .hasMessageContaining(image.descriptor().digest().value());

        OciLayoutsTest.putImage(repository("a"), "1");
        assertThat(repository("a").manifest("1").content()).isEqualTo(image.content());
    }

    @Test
    void treatsTruncatedOrMissingManifestAsAbsent() throws IOException {
        Manifest image = OciLayoutsTest.putImage(repository("a"), "1");
        Path file = temp.resolve("a/blobs/sha256/" + image.descriptor().digest().hex());

        Files.write(file, new byte[3]);
        assertThat(repository("a").resolve("1")).isEmpty();
        assertThatThrownBy(() -> repository("a").manifest("1")).isInstanceOf(ContentException.Corrupt.class);

        Files.delete(file);
        assertThat(repository("a").resolve("1")).isEmpty();
        assertThatThrownBy(() -> repository("a").manifest("1")).isInstanceOf(ContentException.NotFound.class);
    }

    @Test
    void reportsDamagedBlobOnRead() throws IOException {
        ensure(repository("a"));
        Files.write(blobFile("a"), bytes(9, LAYER.length));

        for (long offset : List.of(0L, 99_999L, 100_000L)) {
            assertThatThrownBy(() -> {
                        try (InputStream stream =
                                repository("a").blob(blob(LAYER)).openAt(offset)) {
                            stream.readAllBytes();
                        }
                    })
                    .isInstanceOf(ContentException.Corrupt.class)
                    .hasMessageContaining("damaged");
        }
    }

    @Test
    void refusesHugeManifestOnReadAndWrite() throws IOException {
        Manifest huge = TestImages.manifest(MediaType.OCI_INDEX, "{\"manifests\":[]}" + " ".repeat(5 << 20));

        assertThatThrownBy(() -> repository("a").putManifest("1", huge))
                .isInstanceOf(ContentException.Unsupported.class)
                .hasMessageContaining("more than 4 MiB");
    }

    @Test
    void refusesManifestUnderAnotherDigest() {
        Repository repository = repository("a");
        Manifest image = OciLayoutsTest.putImage(repository, "1");

        assertThatThrownBy(() -> repository.putManifest(blob(LAYER).digest().value(), image))
                .isInstanceOf(ContentException.Unsupported.class);
        assertThatThrownBy(() -> repository.putManifest("../1", image))
                .isInstanceOf(ContentException.Unsupported.class);
    }

    private Repository repository(String name) {
        return OciLayouts.at(temp).repository(new RepositoryName(name));
    }

    private static BlobArrival ensure(Repository repository) {
        return repository.ensureBlob(blob(LAYER), content(LAYER));
    }

    private Path blobFile(String name) {
        return temp.resolve(name + "/blobs/sha256/" + blob(LAYER).digest().hex());
    }
}
