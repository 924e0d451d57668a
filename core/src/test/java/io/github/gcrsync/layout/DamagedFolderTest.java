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
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.oci.RepositoryName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads layouts whose blobs were removed, truncated or changed externally. */
final class DamagedFolderTest {
    private static final byte[] LAYER = bytes(7, 100_000);

    @TempDir
    Path temp;

    @Test
    void reportsMissingLayerAsIncomplete() throws IOException {
        OciLayoutsTest.putImage(repository("a"), "1");
        Files.delete(file("a", blob(LAYER)));

        assertIncomplete(repository("a"), "1", blob(LAYER));
    }

    @Test
    void reportsTruncatedLayerOfPlatformAsIncomplete() throws IOException {
        Manifest image = OciLayoutsTest.putImage(repository("a"), "1");
        Manifest index = TestImages.index(MediaType.OCI_INDEX, List.of(image.descriptor()));
        repository("a").putManifest("index", index);
        Files.write(file("a", blob(LAYER)), new byte[10]);

        assertIncomplete(repository("a"), "index", blob(LAYER));
        assertIncomplete(repository("a"), image.descriptor().digest().value(), blob(LAYER));
    }

    @Test
    void reportsLostManifestOfPlatformAsIncomplete() throws IOException {
        Manifest image = OciLayoutsTest.putImage(repository("a"), "1");
        repository("a")
                .putManifest("index", TestImages.index(MediaType.DOCKER_MANIFEST_LIST, List.of(image.descriptor())));
        Files.delete(file("a", image.descriptor()));

        assertIncomplete(repository("a"), "index", image.descriptor());
    }

    @Test
    void doesNotReportPlatformMissingAtSource() throws IOException {
        Manifest image = OciLayoutsTest.putImage(repository("a"), "1");
        Descriptor absent = Descriptor.of(MediaType.OCI_MANIFEST, bytes(1, 500));
        repository("a")
                .putManifest("sparse", TestImages.index(MediaType.OCI_INDEX, List.of(image.descriptor(), absent)));

        assertThat(repository("a").resolve("sparse")).isPresent();

        Files.delete(file("a", blob(LAYER)));
        assertIncomplete(repository("a"), "sparse", blob(LAYER));
    }

    @Test
    void listsDigestOfDamagedImage() throws IOException {
        Manifest image = OciLayoutsTest.putImage(repository("a"), "1");
        Files.delete(file("a", blob(LAYER)));
        RepositoryName name = new RepositoryName("a");

        assertThat(OciLayouts.at(temp).details(name).digest("1"))
                .contains(image.descriptor().digest());
        assertThat(OciLayouts.at(temp).details(name, List.of("1"), false).failures())
                .containsOnlyKeys("1");

        Files.delete(file("a", image.descriptor()));
        assertThat(OciLayouts.at(temp).details(name).digest("1"))
                .contains(image.descriptor().digest());
    }

    @Test
    void allowsMissingForeignLayer() {
        Descriptor foreign = Descriptor.of("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", LAYER);
        Descriptor config = Descriptor.of(TestImages.CONFIG, bytes(2, 20));
        repository("a").ensureBlob(config, content(bytes(2, 20)));
        repository("a").putManifest("1", TestImages.dockerImage(config, List.of(foreign)));

        assertThat(repository("a").resolve("1")).isPresent();
    }

    @Test
    void detectsChangedBytesOnlyByHashing() throws IOException {
        OciLayoutsTest.putImage(repository("a"), "1");
        Files.write(file("a", blob(LAYER)), bytes(8, LAYER.length));

        assertThat(repository("a").resolve("1")).isPresent();
        assertThat(repository("a").ensureBlob(blob(LAYER), content(LAYER))).isEqualTo(BlobArrival.ALREADY_THERE);
        assertIncomplete(hashing("a"), "1", blob(LAYER));
        assertThat(hashing("a").ensureBlob(blob(LAYER), content(LAYER))).isEqualTo(BlobArrival.UPLOADED);
        assertThat(hashing("a").resolve("1")).isPresent();
    }

    @Test
    void replacesHardLinksToDamagedFile() throws IOException {
        OciLayouts layouts = OciLayouts.hashing(temp);
        for (String name : List.of("a", "b")) {
            OciLayoutsTest.putImage(layouts.repository(new RepositoryName(name)), "1");
        }
        Files.write(file("a", blob(LAYER)), bytes(8, LAYER.length));
        OciLayouts later = OciLayouts.hashing(temp);
        Repository a = later.repository(new RepositoryName("a"));
        Repository b = later.repository(new RepositoryName("b"));

        assertIncomplete(b, "1", blob(LAYER));
        assertThat(a.ensureBlob(blob(LAYER), content(LAYER))).isEqualTo(BlobArrival.UPLOADED);
        assertThat(b.ensureBlob(blob(LAYER), content(LAYER))).isEqualTo(BlobArrival.MOUNTED);
        assertThat(file("b", blob(LAYER))).hasBinaryContent(LAYER);
    }

    @Test
    void listsLayoutWithoutMarkerAsIncomplete() throws IOException {
        OciLayoutsTest.putImage(repository("a/b"), "1");
        Path marker = temp.resolve("a/b/oci-layout");
        Files.delete(marker);

        assertThat(OciLayouts.at(temp).repositories()).containsExactly(new RepositoryName("a/b"));
        assertThatThrownBy(() -> repository("a/b").resolve("1"))
                .isInstanceOf(ContentException.Incomplete.class)
                .hasMessage(marker + " is missing");

        OciLayoutsTest.putImage(repository("a/b"), "1");
        assertThat(repository("a/b").resolve("1")).isPresent();
    }

    private static void assertIncomplete(Repository repository, String tagOrDigest, Descriptor content) {
        assertThatThrownBy(() -> repository.resolve(tagOrDigest))
                .isInstanceOf(ContentException.Incomplete.class)
                .hasMessageContaining(content.digest() + " is missing or damaged");
    }

    /** Opens the layout like another process. */
    private Repository repository(String name) {
        return OciLayouts.at(temp).repository(new RepositoryName(name));
    }

    private Repository hashing(String name) {
        return OciLayouts.hashing(temp).repository(new RepositoryName(name));
    }

    private Path file(String name, Descriptor blob) {
        return temp.resolve(name + "/blobs/sha256/" + blob.digest().hex());
    }
}
