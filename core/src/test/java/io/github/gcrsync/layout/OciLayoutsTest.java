package io.github.gcrsync.layout;

import static io.github.gcrsync.content.TestImages.CONFIG;
import static io.github.gcrsync.content.TestImages.blob;
import static io.github.gcrsync.content.TestImages.bytes;
import static io.github.gcrsync.content.TestImages.content;
import static io.github.gcrsync.content.TestImages.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.BlobArrival;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.content.TagDetails;
import io.github.gcrsync.content.TestImages;
import io.github.gcrsync.files.TempFile;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.RepositoryName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OciLayoutsTest {
    private static final byte[] LAYER = bytes(7, 100_000);
    private static final byte[] CONFIG_BYTES = utf8("{}");

    @TempDir
    Path temp;

    @Test
    void createsNothingByReading() {
        Path folder = temp.resolve("mirror");
        OciLayouts layouts = OciLayouts.at(folder);

        assertThat(layouts.repositories()).isEmpty();
        assertThat(repository(layouts, "a").resolve("1")).isEmpty();
        assertThat(repository(layouts, "a").tags()).isEmpty();
        assertThat(folder).doesNotExist();
    }

    @Test
    void readsDigestsOfTags() {
        RepositoryName name = new RepositoryName("a");
        OciLayouts layouts = OciLayouts.at(temp);
        putImage(repository(layouts, "a"), "1");
        Digest digest =
                repository(layouts, "a").resolve("1").map(Descriptor::digest).orElseThrow();

        TagDetails some = layouts.details(name, List.of("1", "new"), true);

        assertThat(some.tags()).containsOnlyKeys("1");
        assertThat(some.digest("1")).contains(digest);
        assertThat(some.way()).isEqualTo(TagDetails.Way.FOLDER);
        assertThat(layouts.details(name)).isEqualTo(some);
        assertThat(layouts.details(new RepositoryName("b")).tags()).isEmpty();
    }

    @Test
    void createsFilesOfSpecification() {
        putImage(repository("a"), "1");

        assertThat(temp.resolve("a/oci-layout")).hasContent("{\"imageLayoutVersion\":\"1.0.0\"}");
        assertThat(temp.resolve("a/index.json"))
                .content()
                .contains("\"schemaVersion\":2", "\"mediaType\":\"application/vnd.oci.image.index.v1+json\"")
                .contains("\"org.opencontainers.image.ref.name\":\"1\"");
        assertThat(temp.resolve("a/blobs/sha256/" + blob(LAYER).digest().hex())).hasBinaryContent(LAYER);
    }

    @Test
    void supportsNestedLayouts() throws IOException {
        OciLayouts layouts = OciLayouts.at(temp);
        for (String name : List.of("b", "b/c", "d/e/f", "a")) {
            putImage(repository(layouts, name), "1");
        }
        Files.createDirectories(temp.resolve("empty/folder"));
        Files.createDirectories(temp.resolve(".hidden"));

        assertThat(layouts.repositories()).extracting(RepositoryName::value).containsExactly("a", "b", "b/c", "d/e/f");
        assertThat(OciLayouts.at(temp).repositories()).hasSize(4);
    }

    @Test
    void linksBlobsOfSameRun() throws IOException {
        OciLayouts layouts = OciLayouts.at(temp);

        assertThat(ensure(repository(layouts, "a"))).isEqualTo(BlobArrival.UPLOADED);
        assertThat(ensure(repository(layouts, "b/c"))).isEqualTo(BlobArrival.MOUNTED);
        assertThat(ensure(repository(layouts, "b/c"))).isEqualTo(BlobArrival.ALREADY_THERE);

        assertThat(inode("b/c")).isEqualTo(inode("a"));
    }

    @Test
    void linksBlobsOfEarlierRuns() throws IOException {
        ensure(repository("a/deep/down"));

        assertThat(ensure(repository("b"))).isEqualTo(BlobArrival.MOUNTED);

        assertThat(inode("b")).isEqualTo(inode("a/deep/down"));
    }

    @Test
    void ignoresTruncatedBlobOfOtherLayout() throws IOException {
        ensure(repository("a"));
        Files.write(blobFile("a"), bytes(1, 10));

        assertThat(ensure(repository("b"))).isEqualTo(BlobArrival.UPLOADED);
        assertThat(ensure(repository("a"))).isEqualTo(BlobArrival.MOUNTED);
        assertThat(blobFile("a")).hasBinaryContent(LAYER);
    }

    @Test
    void copiesBlobIfLinksAreImpossible() throws IOException {
        Path elsewhere = Path.of("/dev/shm");
        FileStore here = Files.getFileStore(temp);
        Assumptions.assumeTrue(
                Files.isWritable(elsewhere) && !Files.getFileStore(elsewhere).equals(here),
                "needs a second file system at /dev/shm");
        Path far = Files.createTempDirectory(elsewhere, "layouts");
        try {
            ensure(OciLayouts.at(far).repository(new RepositoryName("a")));
            LayoutFolder near = new LayoutFolder(temp, new RepositoryName("b"));
            near.make();

            boolean taken = new BlobFiles(near)
                    .take(blob(LAYER), new LayoutFolder(far, new RepositoryName("a")), new BlobCheck(false));

            assertThat(taken).isTrue();
            assertThat(blobFile("b")).hasBinaryContent(LAYER);
        } finally {
            deleteAll(far);
        }
    }

    @Test
    void leavesNothingAfterWrongBytes() throws IOException {
        Repository repository = repository("a");

        assertThatThrownBy(() -> repository.ensureBlob(blob(LAYER), content(bytes(8, LAYER.length))))
                .isInstanceOf(ContentException.Corrupt.class)
                .hasMessageContaining(blob(LAYER).digest().value());

        assertThat(unfinished("a")).isEmpty();
        assertThat(blobFile("a")).doesNotExist();
    }

    @Test
    void stopsReadingEndlessContent() {
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return 0;
            }

            @Override
            public int read(byte[] buffer, int from, int most) {
                return most;
            }
        };

        assertThatThrownBy(() -> repository("a").ensureBlob(blob(LAYER), offset -> endless))
                .isInstanceOf(ContentException.Corrupt.class)
                .hasMessageContaining("longer than the 100000 bytes");
    }

    @Test
    void removesLeftoversOfKilledRuns() throws IOException {
        ensure(repository("a"));
        Path dead = Files.createFile(temp.resolve("a/.gcrsync/.gcrsync-tmp-dead-1"));
        Path old = Files.createFile(temp.resolve("a/.gcrsync/.gcrsync-tmp-old-1"));
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
        Path own = Files.createFile(temp.resolve("a/.gcrsync/" + TempFile.OWN_PREFIX + "x"));

        ensure(repository("a"));

        assertThat(dead).doesNotExist();
        assertThat(old).doesNotExist();
        assertThat(own).exists();
    }

    private Repository repository(String name) {
        return repository(OciLayouts.at(temp), name);
    }

    private static Repository repository(OciLayouts layouts, String name) {
        return layouts.repository(new RepositoryName(name));
    }

    private static BlobArrival ensure(Repository repository) {
        return repository.ensureBlob(blob(LAYER), content(LAYER));
    }

    static Manifest putImage(Repository repository, String tag) {
        Descriptor config = Descriptor.of(CONFIG, CONFIG_BYTES);
        repository.ensureBlob(config, content(CONFIG_BYTES));
        ensure(repository);
        Manifest image = TestImages.image(config, List.of(blob(LAYER)));
        repository.putManifest(tag, image);
        return image;
    }

    private Path blobFile(String name) {
        return temp.resolve(name + "/blobs/sha256/" + blob(LAYER).digest().hex());
    }

    private Object inode(String name) throws IOException {
        return Files.getAttribute(blobFile(name), "unix:ino");
    }

    private List<Path> unfinished(String name) throws IOException {
        try (Stream<Path> files = Files.list(temp.resolve(name + "/.gcrsync"))) {
            return files.filter(file -> !file.endsWith("lock")).toList();
        }
    }

    private static void deleteAll(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
