package io.github.gcrsync.layout;

import static io.github.gcrsync.content.TestImages.blob;
import static io.github.gcrsync.content.TestImages.bytes;
import static io.github.gcrsync.content.TestImages.content;
import static io.github.gcrsync.content.TestImages.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.BlobArrival;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.MemoryRepository;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.content.TestImages;
import io.github.gcrsync.copy.Copier;
import io.github.gcrsync.copy.CopyListener;
import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.oci.RepositoryName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deletes tags, manifests and blobs of image layouts. */
final class UnusedBlobsTest {
    private static final byte[] CONFIG_BYTES = utf8("{}");
    private static final Descriptor CONFIG = Descriptor.of(TestImages.CONFIG, CONFIG_BYTES);

    @TempDir
    Path temp;

    @Test
    void deletesWhatOnlyTheDeletedImageNeeds() throws IOException {
        Repository repository = repository("a");
        Manifest one = put(repository, "1", 1);
        Manifest two = put(repository, "2", 2);
        Files.writeString(temp.resolve("a/blobs/sha256/note.txt"), "not ours");
        Path link = Files.createSymbolicLink(file("a", Digest.sha256(utf8("a link"))), temp.resolve("a/index.json"));

        assertThat(repository.deleteTag("1")).isTrue();
        long expected = one.descriptor().size() + layer(1).size();
        assertThat(repository.deleteUnusedBlobs()).isEqualTo(expected);

        assertThat(repository.resolve(one.descriptor().digest().value())).isEmpty();
        assertThat(blobs("a"))
                .containsExactlyInAnyOrder(
                        CONFIG.digest().hex(),
                        layer(2).digest().hex(),
                        two.descriptor().digest().hex(),
                        "note.txt",
                        link.getFileName().toString());
        assertThat(temp.resolve("a/index.json")).exists();
        assertThat(repository("a").resolve("2")).isPresent();
        assertThat(repository.deleteUnusedBlobs()).isZero();
    }

    @Test
    void copiesDeletedImageAgain() {
        Repository repository = repository("a");
        put(repository, "1", 1);
        assertThat(repository.resolve("1")).isPresent();
        repository.deleteTag("1");
        repository.deleteUnusedBlobs();

        Manifest image = TestImages.image(CONFIG, List.of(layer(1)));
        assertThatThrownBy(() -> repository.putManifest("1", image)).isInstanceOf(ContentException.Incomplete.class);
        assertThatThrownBy(() -> repository.resolve("1")).isInstanceOf(ContentException.Incomplete.class);
        put(repository, "1", 1);

        assertThat(repository.resolve("1")).isPresent();
    }

    /** Blobs that another process copies are unused until their manifest arrives. */
    @Test
    void copyReplacesBlobsThatWereDeletedMeanwhile() {
        MemoryRepository source = new MemoryRepository();
        put(source, "1", 1);
        put(repository("a"), "2", 2);
        AtomicBoolean isDeleted = new AtomicBoolean();
        CopyListener deleting = new CopyListener() {
            @Override
            public void blobArrived(Descriptor blob, BlobArrival arrival) {
                if (blob.digest().equals(layer(1).digest()) && isDeleted.compareAndSet(false, true)) {
                    repository("a").deleteUnusedBlobs();
                }
            }
        };

        new Copier(1, new StopSignal(), deleting).copy(source, "1", repository("a"), "1", true);

        assertThat(isDeleted).isTrue();
        assertThat(repository("a").resolve("1")).isPresent();
    }

    @Test
    void doesNotTakeDeletedPlatformForAbsentOne() {
        Repository copying = repository("a");
        Manifest child = push(copying, 1);
        copying.putChild(child);
        put(repository("a"), "2", 2);
        repository("a").deleteUnusedBlobs();

        assertThatThrownBy(() -> copying.putManifest(
                        "index", TestImages.index(MediaType.OCI_INDEX, List.of(child.descriptor()))))
                .isInstanceOf(ContentException.Incomplete.class)
                .hasMessageContaining(child.descriptor().digest() + " is missing");
    }

    @Test
    void doesNotTakePlatformThatWasFoundAndThenDeletedForAbsentOne() {
        Manifest child = push(repository("a"), 1);
        repository("a").putChild(child);
        Manifest index = TestImages.index(MediaType.OCI_INDEX, List.of(child.descriptor()));
        Repository copying = repository("a");
        assertThat(copying.resolve(child.descriptor().digest().value())).isPresent();
        repository("a").deleteUnusedBlobs();
        repository("a").putManifest("sparse", index);

        assertThatThrownBy(() -> copying.putManifest("index", index))
                .isInstanceOf(ContentException.Incomplete.class)
                .hasMessageContaining(child.descriptor().digest() + " is missing");
        assertThatThrownBy(() -> repository("a").resolve("index")).isInstanceOf(ContentException.Incomplete.class);
    }

    @Test
    void copiesPlatformAgainThatWasFoundAndThenDeleted() {
        MemoryRepository source = new MemoryRepository();
        Manifest found = push(source, 1);
        source.putChild(found);
        push(source, 2);
        // Larger, and therefore copied later.
        Manifest copied = TestImages.image(CONFIG, List.of(layer(1), layer(2)));
        source.putChild(copied);
        source.putManifest(
                "index", TestImages.index(MediaType.OCI_INDEX, List.of(found.descriptor(), copied.descriptor())));
        push(repository("a"), 1);
        repository("a").putChild(found);
        AtomicBoolean isDeleted = new AtomicBoolean();
        CopyListener deleting = new CopyListener() {
            @Override
            public void blobArrived(Descriptor blob, BlobArrival arrival) {
                if (blob.digest().equals(layer(2).digest()) && isDeleted.compareAndSet(false, true)) {
                    repository("a").deleteUnusedBlobs();
                }
            }
        };

        new Copier(1, new StopSignal(), deleting).copy(source, "index", repository("a"), "index", true);

        assertThat(isDeleted).isTrue();
        assertThat(repository("a").resolve("index")).isPresent();
        assertThat(repository("a").resolve(found.descriptor().digest().value())).isPresent();
    }

    @Test
    void countsOnlyBytesWithoutOtherLinks() {
        OciLayouts layouts = OciLayouts.at(temp);
        Repository a = layouts.repository(new RepositoryName("a"));
        Repository b = layouts.repository(new RepositoryName("b"));
        Manifest image = put(a, "1", 1);
        put(b, "1", 1);

        a.deleteTag("1");
        assertThat(a.deleteUnusedBlobs()).isEqualTo(image.descriptor().size());
        assertThat(b.resolve("1")).isPresent();
        b.deleteTag("1");

        assertThat(b.deleteUnusedBlobs()).isEqualTo(image.descriptor().size() + layer(1).size() + CONFIG.size());
        assertThat(b.tags()).isEmpty();
    }

    @Test
    void keepsChildrenAndReferrersOfKeptImages() throws IOException {
        Repository repository = repository("a");
        Manifest child = push(repository, 1);
        repository.putChild(child);
        Descriptor absent = Descriptor.of(MediaType.OCI_MANIFEST, bytes(9, 500));
        Manifest index = TestImages.index(MediaType.OCI_INDEX, List.of(child.descriptor(), absent));
        repository.putManifest("index", index);
        Manifest signature = TestImages.referrer(child.descriptor(), "application/vnd.example.signature", CONFIG);
        repository.putManifest("sha256-x.sig", signature);

        repository.deleteTag("sha256-x.sig");
        assertThat(repository.deleteUnusedBlobs()).isZero();

        assertThat(repository("a").resolve("index")).isPresent();
        assertThat(repository("a").referrers(child.descriptor().digest()))
                .extracting(Descriptor::digest)
                .containsExactly(signature.descriptor().digest());

        repository.deleteManifest(signature.descriptor().digest());
        repository.deleteTag("index");
        repository.deleteUnusedBlobs();
        assertThat(blobs("a")).isEmpty();
        assertThat(temp.resolve("a/.gcrsync")).isDirectoryNotContaining("glob:**absent-*");
    }

    @Test
    void imageWithoutTagsLeavesNoEntry() throws IOException {
        Repository repository = repository("a");
        put(repository, "1", 1);
        put(repository, "2", 1);

        repository.deleteTag("1");
        assertThat(index()).containsOnlyOnce("sha256:");
        repository.deleteTag("2");

        assertThat(index()).doesNotContain("sha256:");
    }

    @Test
    void deletesTagsThatOtherToolsNamed() throws IOException {
        Repository repository = repository("a");
        put(repository, "1", 1);
        Files.writeString(
                temp.resolve("a/index.json"),
                index().replace("ref.name\":\"1\"", "ref.name\":\"docker.io/library/a:1\""));
        assertThat(repository.tags()).containsExactly("1");

        repository.deleteTag("1");

        assertThat(repository.tags()).isEmpty();
    }

    @Test
    void keepsManifestThatOtherToolsFindByName() throws IOException {
        Repository repository = repository("a");
        Manifest one = put(repository, "1", 1);
        put(repository, "x", 1);
        put(repository, "2", 2);
        put(repository, "y", 2);
        Files.writeString(
                temp.resolve("a/index.json"),
                index().replace("ref.name\":\"x\"", "ref.name\":\"docker.io/team/a:new\"")
                        .replace("ref.name\":\"y\"", "ref.name\":\"quay.io/team/a:new\""));
        String before = index();

        assertThatThrownBy(() -> repository.deleteManifest(one.descriptor().digest()))
                .isInstanceOf(ContentException.Unsupported.class)
                .hasMessageContaining(one.descriptor().digest() + " is not deleted")
                .hasMessageContaining("index.json also names it docker.io/team/a:new, which is no tag here");
        assertThat(index()).isEqualTo(before);

        repository.deleteTag("1");
        repository.deleteUnusedBlobs();
        assertThat(repository.resolve(one.descriptor().digest().value())).isPresent();
    }

    @Test
    void deletesManifestWithTagsThatOtherToolsNamed() throws IOException {
        Repository repository = repository("a");
        Manifest one = put(repository, "1", 1);
        Files.writeString(
                temp.resolve("a/index.json"),
                index().replace("ref.name\":\"1\"", "ref.name\":\"docker.io/library/a:1\""));

        assertThat(repository.deleteManifest(one.descriptor().digest())).isTrue();

        assertThat(index()).doesNotContain("sha256:");
    }

    @Test
    void deletesNothingIfAManifestIsDamaged() throws IOException {
        Repository repository = repository("a");
        put(repository, "1", 1);
        Manifest two = put(repository, "2", 2);
        Files.write(file("a", two.descriptor().digest()), new byte[10]);
        repository.deleteTag("1");
        List<String> before = blobs("a");

        assertThatThrownBy(repository::deleteUnusedBlobs)
                .isInstanceOf(ContentException.Incomplete.class)
                .hasMessageContaining(two.descriptor().digest() + ": the file is damaged")
                .hasMessageContaining("no blob was deleted");
        Files.delete(file("a", two.descriptor().digest()));
        assertThatThrownBy(repository::deleteUnusedBlobs)
                .hasMessageContaining(two.descriptor().digest() + ": no such manifest");

        assertThat(blobs("a")).hasSize(before.size() - 1);
    }

    @Test
    void deletesNothingIfAnEntryIsUnknown() throws IOException {
        Repository repository = repository("a");
        put(repository, "1", 1);
        put(repository, "2", 2);
        repository.deleteTag("1");
        Files.writeString(temp.resolve("a/index.json"), index().replace("sha256:", "blake3:"));

        assertThatThrownBy(repository::deleteUnusedBlobs).isInstanceOf(ContentException.Incomplete.class);

        assertThat(blobs("a")).hasSize(5);
    }

    @Test
    void doesNotDeleteThroughSymbolicLinks() throws IOException {
        put(repository("a"), "1", 1);
        put(repository("b"), "1", 2);
        Path blobs = temp.resolve("a/blobs/sha256");
        Files.move(blobs, temp.resolve("moved"));
        Files.createSymbolicLink(blobs, temp.resolve("b/blobs/sha256"));

        assertThatThrownBy(() -> repository("a").deleteUnusedBlobs()).isInstanceOf(ContentException.class);

        assertThat(repository("b").resolve("1")).isPresent();
    }

    @Test
    void skopeoReadsWhatIsLeft() throws Exception {
        Repository repository = repository("a");
        put(repository, "1", 1);
        Manifest two = put(repository, "2", 2);

        repository.deleteTag("1");
        repository.deleteUnusedBlobs();

        Process skopeo = new ProcessBuilder("skopeo", "inspect", "--raw", "oci:" + temp.resolve("a") + ":2").start();
        assertThat(new String(skopeo.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo(new String(two.content().toArray(), StandardCharsets.UTF_8));
        assertThat(skopeo.waitFor()).isZero();
    }

    /** Opens the layout like another process. */
    private Repository repository(String name) {
        return OciLayouts.at(temp).repository(new RepositoryName(name));
    }

    private static Descriptor layer(int seed) {
        return blob(bytes(seed, 10_000));
    }

    private static Manifest push(Repository repository, int seed) {
        repository.ensureBlob(CONFIG, content(CONFIG_BYTES));
        repository.ensureBlob(layer(seed), content(bytes(seed, 10_000)));
        return TestImages.image(CONFIG, List.of(layer(seed)));
    }

    private static Manifest put(Repository repository, String tag, int seed) {
        Manifest image = push(repository, seed);
        repository.putManifest(tag, image);
        return image;
    }

    private String index() throws IOException {
        return Files.readString(temp.resolve("a/index.json"));
    }

    private Path file(String name, Digest digest) {
        return temp.resolve(name + "/blobs/sha256/" + digest.hex());
    }

    private List<String> blobs(String name) throws IOException {
        try (Stream<Path> files = Files.list(temp.resolve(name + "/blobs/sha256"))) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toList());
        }
    }
}
