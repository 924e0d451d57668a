package gcrsync.content;

import static gcrsync.content.TestImages.CONFIG;
import static gcrsync.content.TestImages.blob;
import static gcrsync.content.TestImages.breaking;
import static gcrsync.content.TestImages.bytes;
import static gcrsync.content.TestImages.content;
import static gcrsync.content.TestImages.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gcrsync.oci.Bytes;
import gcrsync.oci.Descriptor;
import gcrsync.oci.Digest;
import gcrsync.oci.Manifest;
import gcrsync.oci.MediaType;
import gcrsync.oci.RepositoryName;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What every {@link Repository} does, whatever it is made of. */
public abstract class RepositoryContract {
    private static final byte[] CONFIG_BYTES = utf8("{\"architecture\":\"amd64\",\"os\":\"linux\"}");
    private static final Descriptor CONFIG_BLOB = Descriptor.of(CONFIG, CONFIG_BYTES);
    private static final byte[] LAYER_BYTES = bytes(1, 200_000);
    private static final Descriptor LAYER_BLOB = blob(LAYER_BYTES);

    /** The same store for the same name within a test method; empty stores in each. */
    protected abstract Repository repository(RepositoryName name);

    private Repository repository() {
        return repository(new RepositoryName("some/repository"));
    }

    @Test
    void nothingIsThereAtFirst() {
        Repository empty = repository();

        assertThat(empty.resolve("latest")).isEmpty();
        assertThat(empty.resolve(CONFIG_BLOB.digest().value())).isEmpty();
        assertThat(empty.tags()).isEmpty();
        assertThat(empty.referrers(CONFIG_BLOB.digest())).isEmpty();
        assertThatThrownBy(() -> empty.manifest("latest")).isInstanceOf(ContentException.NotFound.class);
        assertThatThrownBy(() -> empty.manifest(CONFIG_BLOB.digest().value()))
                .isInstanceOf(ContentException.NotFound.class);
        assertThatThrownBy(() -> read(empty, LAYER_BLOB, 0)).isInstanceOf(ContentException.NotFound.class);
    }

    @Test
    void absentTagBesidePresentOnes() {
        Repository repository = repository();
        put(repository, "1", image(repository));

        assertThat(repository.resolve("2")).isEmpty();
        assertThatThrownBy(() -> repository.manifest("2")).isInstanceOf(ContentException.NotFound.class);
        String absent = Digest.sha256(utf8("absent")).value();
        assertThat(repository.resolve(absent)).isEmpty();
        assertThatThrownBy(() -> repository.manifest(absent)).isInstanceOf(ContentException.NotFound.class);
    }

    @Test
    void ociImageComesBackByteByByte() {
        Repository repository = repository();
        Manifest image = image(repository);

        put(repository, "v1.0_x-Y", image);

        assertThere(repository, "v1.0_x-Y", image);
    }

    @Test
    void dockerImageKeepsItsType() {
        Repository repository = repository();
        pushBlobs(repository);
        Manifest image = TestImages.dockerImage(CONFIG_BLOB, List.of(LAYER_BLOB));

        put(repository, "docker", image);

        assertThere(repository, "docker", image);
    }

    @Test
    void indexOfIndexesWithDockerAndOciInIt() {
        Repository repository = repository();
        Manifest oci = image(repository);
        Manifest docker = TestImages.dockerImage(CONFIG_BLOB, List.of(LAYER_BLOB));
        Manifest inner = TestImages.index(MediaType.DOCKER_MANIFEST_LIST, List.of(docker.descriptor()));
        Manifest outer = TestImages.index(MediaType.OCI_INDEX, List.of(oci.descriptor(), inner.descriptor()));

        for (Manifest child : List.of(oci, docker, inner)) {
            repository.putManifest(child.descriptor().digest().value(), child);
        }
        put(repository, "nested", outer);

        assertThere(repository, "nested", outer);
        for (Manifest child : List.of(oci, docker, inner)) {
            assertThere(repository, child.descriptor().digest().value(), child);
        }
        assertThat(repository.tags()).containsExactly("nested");
    }

    @Test
    void layerThatIsThereTwice() {
        Repository repository = repository();
        pushBlobs(repository);
        Manifest image = TestImages.image(CONFIG_BLOB, List.of(LAYER_BLOB, LAYER_BLOB));

        put(repository, "twice", image);

        assertThere(repository, "twice", image);
    }

    @Test
    void putByDigestMakesNoTag() {
        Repository repository = repository();
        Manifest image = image(repository);

        repository.putManifest(image.descriptor().digest().value(), image);

        assertThere(repository, image.descriptor().digest().value(), image);
        assertThat(repository.tags()).isEmpty();
    }

    @Test
    void blobIsNoManifest() {
        Repository repository = repository();
        pushBlobs(repository);

        assertThat(repository.resolve(CONFIG_BLOB.digest().value())).isEmpty();
        assertThatThrownBy(() -> repository.manifest(CONFIG_BLOB.digest().value()))
                .isInstanceOf(ContentException.NotFound.class);
    }

    @Test
    void tagMoves() {
        Repository repository = repository();
        Manifest before = image(repository);
        Manifest after = TestImages.dockerImage(CONFIG_BLOB, List.of());

        put(repository, "latest", before);
        put(repository, "other", before);
        put(repository, "latest", after);

        assertThere(repository, "latest", after);
        assertThere(repository, "other", before);
        assertThere(repository, before.descriptor().digest().value(), before);
        assertThat(repository.tags()).containsExactlyInAnyOrder("latest", "other");
    }

    @Test
    void everyTagIsListedOnceHoweverManyThereAre() {
        Repository repository = repository();
        Manifest image = image(repository);
        List<String> tags = IntStream.range(0, 130).mapToObj(i -> "t" + i).toList();

        tags.forEach(tag -> put(repository, tag, image));

        assertThat(repository.tags()).containsExactlyInAnyOrderElementsOf(tags);
    }

    @Test
    void tagsOfManyThreads() throws Exception {
        Repository repository = repository();
        Manifest image = image(repository);
        List<String> tags = IntStream.range(0, 40).mapToObj(i -> "t" + i).toList();

        inParallel(tags.stream()
                .map(tag -> (Callable<Void>) () -> {
                    repository.putManifest(tag, image);
                    return null;
                })
                .toList());

        assertThat(repository.tags()).containsExactlyInAnyOrderElementsOf(tags);
    }

    @Test
    void blobArrivesOnce() throws IOException {
        Repository repository = repository();

        assertThat(repository.ensureBlob(LAYER_BLOB, content(LAYER_BYTES))).isEqualTo(BlobArrival.UPLOADED);
        assertThat(repository.ensureBlob(LAYER_BLOB, untouchable())).isEqualTo(BlobArrival.ALREADY_THERE);
        assertThat(read(repository, LAYER_BLOB, 0)).isEqualTo(LAYER_BYTES);
    }

    @Test
    void blobOfANeighbourArrivesToo() throws IOException {
        Repository other = repository(new RepositoryName("other"));
        repository().ensureBlob(LAYER_BLOB, content(LAYER_BYTES));

        assertThat(other.ensureBlob(LAYER_BLOB, content(LAYER_BYTES))).isIn(BlobArrival.MOUNTED, BlobArrival.UPLOADED);
        assertThat(read(other, LAYER_BLOB, 0)).isEqualTo(LAYER_BYTES);
    }

    @Test
    void blobOfManyThreads() throws Exception {
        Repository repository = repository();

        List<BlobArrival> arrivals = inParallel(IntStream.range(0, 8)
                .mapToObj(i -> (Callable<BlobArrival>) () -> repository.ensureBlob(LAYER_BLOB, content(LAYER_BYTES)))
                .toList());

        assertThat(arrivals).contains(BlobArrival.UPLOADED);
        assertThat(read(repository, LAYER_BLOB, 0)).isEqualTo(LAYER_BYTES);
    }

    @Test
    void blobIsReadFromAnyOffset() throws IOException {
        Repository repository = repository();
        repository.ensureBlob(LAYER_BLOB, content(LAYER_BYTES));

        for (int offset : new int[] {1, 65_536, LAYER_BYTES.length - 1}) {
            assertThat(read(repository, LAYER_BLOB, offset))
                    .isEqualTo(java.util.Arrays.copyOfRange(LAYER_BYTES, offset, LAYER_BYTES.length));
        }
    }

    @Test
    void emptyBlob() throws IOException {
        Repository repository = repository();
        Descriptor empty = blob(new byte[0]);

        assertThat(repository.ensureBlob(empty, content(new byte[0]))).isEqualTo(BlobArrival.UPLOADED);
        assertThat(repository.ensureBlob(empty, untouchable())).isEqualTo(BlobArrival.ALREADY_THERE);
        assertThat(read(repository, empty, 0)).isEmpty();
    }

    @Test
    void sha512BlobWhereTheStoreKnowsIt() throws IOException {
        Repository repository = repository();
        Digest digest = new Digest("sha512:" + "0".repeat(128)).ofSameAlgorithm(LAYER_BYTES);
        Descriptor blob = new Descriptor(TestImages.LAYER, digest, LAYER_BYTES.length);

        try {
            repository.ensureBlob(blob, content(LAYER_BYTES));
        } catch (ContentException.Unsupported e) {
            Assumptions.abort("the store does not know sha512: " + e.getMessage());
        }

        assertThat(read(repository, blob, 0)).isEqualTo(LAYER_BYTES);
    }

    @Test
    void wrongBytesAreRefused() {
        assertCorrupt(bytes(2, LAYER_BYTES.length));
    }

    @Test
    void tooFewBytesAreRefused() {
        assertCorrupt(java.util.Arrays.copyOf(LAYER_BYTES, LAYER_BYTES.length - 1));
    }

    @Test
    void tooManyBytesAreRefused() {
        assertCorrupt(java.util.Arrays.copyOf(LAYER_BYTES, LAYER_BYTES.length + 1));
    }

    @Test
    void noBytesAreRefused() {
        assertCorrupt(new byte[0]);
    }

    @Test
    void sourceThatBreaksOffIsReadOn() throws IOException {
        Repository repository = repository();
        AtomicInteger opened = new AtomicInteger();

        BlobArrival arrival = repository.ensureBlob(LAYER_BLOB, breaking(LAYER_BYTES, 70_001, 2, opened));

        assertThat(arrival).isEqualTo(BlobArrival.UPLOADED);
        assertThat(opened).hasValueGreaterThan(1);
        assertThat(read(repository, LAYER_BLOB, 0)).isEqualTo(LAYER_BYTES);
    }

    @Test
    void sourceThatAlwaysBreaksOffEndsAsAnError() {
        Repository repository = repository();
        BlobContent broken = breaking(LAYER_BYTES, 0, Integer.MAX_VALUE, new AtomicInteger());

        assertThatThrownBy(() -> repository.ensureBlob(LAYER_BLOB, broken))
                .isInstanceOf(ContentException.Unreachable.class);
        assertThatThrownBy(() -> read(repository, LAYER_BLOB, 0)).isInstanceOf(ContentException.NotFound.class);
    }

    @Test
    void refusalOfTheSourcePassesThrough() {
        Repository repository = repository();
        ContentException refusal = new ContentException.Denied("no access to the source", false);

        assertThatThrownBy(() -> repository.ensureBlob(LAYER_BLOB, offset -> {
                    throw refusal;
                }))
                .isSameAs(refusal);
    }

    @Test
    void manifestOfAnUnknownTypeIsKeptAsItIsOrRefused() {
        Repository repository = repository();
        Manifest opaque = TestImages.manifest("application/vnd.example.thing.v7+json", "{\"thing\": [1,2 ,3] }");

        try {
            repository.putManifest("thing", opaque);
        } catch (ContentException.Unsupported e) {
            assertThat(repository.resolve("thing")).isEmpty();
            return;
        }

        assertThere(repository, "thing", opaque);
        assertThere(repository, opaque.descriptor().digest().value(), opaque);
    }

    @Test
    void referrersOfASubject() {
        Repository repository = repository();
        Manifest subject = image(repository);
        put(repository, "signed", subject);
        Manifest signature =
                TestImages.referrer(subject.descriptor(), "application/vnd.example.signature", CONFIG_BLOB);
        Manifest report = TestImages.referrer(subject.descriptor(), "application/vnd.example.sbom", CONFIG_BLOB);

        repository.putManifest(signature.descriptor().digest().value(), signature);
        put(repository, "report", report);

        assertThat(repository.referrers(subject.descriptor().digest()))
                .extracting(Descriptor::digest, Descriptor::mediaType, Descriptor::artifactType)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple(
                                signature.descriptor().digest(),
                                MediaType.OCI_MANIFEST,
                                Optional.of("application/vnd.example.signature")),
                        org.assertj.core.groups.Tuple.tuple(
                                report.descriptor().digest(),
                                MediaType.OCI_MANIFEST,
                                Optional.of("application/vnd.example.sbom")));
        assertThat(repository.referrers(signature.descriptor().digest())).isEmpty();
        assertThere(repository, signature.descriptor().digest().value(), signature);
    }

    private void assertCorrupt(byte[] wrong) {
        Repository repository = repository();

        assertThatThrownBy(() -> repository.ensureBlob(LAYER_BLOB, content(wrong)))
                .isInstanceOf(ContentException.Corrupt.class);
        assertThatThrownBy(() -> read(repository, LAYER_BLOB, 0)).isInstanceOf(ContentException.NotFound.class);
        assertThat(repository.ensureBlob(LAYER_BLOB, content(LAYER_BYTES))).isEqualTo(BlobArrival.UPLOADED);
    }

    private static void assertThere(Repository repository, String tagOrDigest, Manifest expected) {
        assertThat(repository.resolve(tagOrDigest)).hasValueSatisfying(found -> {
            assertThat(found.digest()).isEqualTo(expected.descriptor().digest());
            assertThat(found.mediaType()).isEqualTo(expected.descriptor().mediaType());
            assertThat(found.size()).isEqualTo(expected.descriptor().size());
        });
        Manifest found = repository.manifest(tagOrDigest);
        Bytes content = found.content();
        assertThat(content).isEqualTo(expected.content());
        assertThat(found.descriptor().mediaType())
                .isEqualTo(expected.descriptor().mediaType());
        assertThat(found.children()).isEqualTo(expected.children());
        assertThat(found).hasSameClassAs(expected);
    }

    private static void put(Repository repository, String tag, Manifest manifest) {
        repository.putManifest(tag, manifest);
    }

    private static void pushBlobs(Repository repository) {
        repository.ensureBlob(CONFIG_BLOB, content(CONFIG_BYTES));
        repository.ensureBlob(LAYER_BLOB, content(LAYER_BYTES));
    }

    private static Manifest image(Repository repository) {
        pushBlobs(repository);
        return TestImages.image(CONFIG_BLOB, List.of(LAYER_BLOB));
    }

    private static byte[] read(Repository repository, Descriptor blob, long offset) throws IOException {
        try (InputStream stream = repository.blob(blob).openAt(offset)) {
            return stream.readAllBytes();
        }
    }

    private static BlobContent untouchable() {
        return offset -> {
            throw new AssertionError("what is there already was asked for again");
        };
    }

    private static <T> List<T> inParallel(List<Callable<T>> tasks) throws Exception {
        List<T> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<T> task : threads.invokeAll(tasks)) {
                results.add(task.get());
            }
        }
        return results;
    }
}
