package io.github.gcrsync.content;

import static io.github.gcrsync.content.TestImages.CONFIG;
import static io.github.gcrsync.content.TestImages.blob;
import static io.github.gcrsync.content.TestImages.breaking;
import static io.github.gcrsync.content.TestImages.bytes;
import static io.github.gcrsync.content.TestImages.content;
import static io.github.gcrsync.content.TestImages.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Specifies how every {@link Repository} handles blobs; part of {@link RepositoryContract}. */
abstract class BlobContract {
    static final byte[] CONFIG_BYTES = utf8("{\"architecture\":\"amd64\",\"os\":\"linux\"}");
    static final Descriptor CONFIG_BLOB = Descriptor.of(CONFIG, CONFIG_BYTES);
    static final byte[] LAYER_BYTES = bytes(1, 200_000);
    static final Descriptor LAYER_BLOB = blob(LAYER_BYTES);

    /** Returns the same store for the same name within a test method; each test starts with empty stores. */
    protected abstract Repository repository(RepositoryName name);

    final Repository repository() {
        return repository(new RepositoryName("some/repository"));
    }

    @Test
    void uploadsBlobOnce() throws IOException {
        Repository repository = repository();

        assertThat(repository.ensureBlob(LAYER_BLOB, content(LAYER_BYTES))).isEqualTo(BlobArrival.UPLOADED);
        assertThat(repository.ensureBlob(LAYER_BLOB, untouchable())).isEqualTo(BlobArrival.ALREADY_THERE);
        assertThat(read(repository, LAYER_BLOB, 0)).isEqualTo(LAYER_BYTES);
    }

    @Test
    void takesBlobFromAnotherRepository() throws IOException {
        Repository other = repository(new RepositoryName("other"));
        repository().ensureBlob(LAYER_BLOB, content(LAYER_BYTES));

        assertThat(other.ensureBlob(LAYER_BLOB, content(LAYER_BYTES))).isIn(BlobArrival.MOUNTED, BlobArrival.UPLOADED);
        assertThat(read(other, LAYER_BLOB, 0)).isEqualTo(LAYER_BYTES);
    }

    @Test
    void acceptsBlobFromManyThreads() throws Exception {
        Repository repository = repository();

        List<BlobArrival> arrivals = inParallel(IntStream.range(0, 8)
                .mapToObj(i -> (Callable<BlobArrival>) () -> repository.ensureBlob(LAYER_BLOB, content(LAYER_BYTES)))
                .toList());

        assertThat(arrivals).contains(BlobArrival.UPLOADED);
        assertThat(read(repository, LAYER_BLOB, 0)).isEqualTo(LAYER_BYTES);
    }

    @Test
    void readsBlobFromAnyOffset() throws IOException {
        Repository repository = repository();
        repository.ensureBlob(LAYER_BLOB, content(LAYER_BYTES));

        for (int offset : new int[] {1, 65_536, LAYER_BYTES.length - 1}) {
            assertThat(read(repository, LAYER_BLOB, offset))
                    .isEqualTo(Arrays.copyOfRange(LAYER_BYTES, offset, LAYER_BYTES.length));
        }
    }

    @Test
    void storesEmptyBlob() throws IOException {
        Repository repository = repository();
        Descriptor empty = blob(new byte[0]);

        assertThat(repository.ensureBlob(empty, content(new byte[0]))).isEqualTo(BlobArrival.UPLOADED);
        assertThat(repository.ensureBlob(empty, untouchable())).isEqualTo(BlobArrival.ALREADY_THERE);
        assertThat(read(repository, empty, 0)).isEmpty();
    }

    @Test
    void storesSha512BlobIfSupported() throws IOException {
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
    void refusesWrongBytes() {
        assertCorrupt(bytes(2, LAYER_BYTES.length));
    }

    @Test
    void refusesTooFewBytes() {
        assertCorrupt(Arrays.copyOf(LAYER_BYTES, LAYER_BYTES.length - 1));
    }

    @Test
    void refusesTooManyBytes() {
        assertCorrupt(Arrays.copyOf(LAYER_BYTES, LAYER_BYTES.length + 1));
    }

    @Test
    void refusesMissingBytes() {
        assertCorrupt(new byte[0]);
    }

    @Test
    void failsIfSourceBreaks() {
        Repository repository = repository();
        BlobContent broken = breaking(LAYER_BYTES, 0, Integer.MAX_VALUE, new AtomicInteger());

        assertThatThrownBy(() -> repository.ensureBlob(LAYER_BLOB, broken))
                .isInstanceOf(ContentException.Unreachable.class);
        assertThatThrownBy(() -> read(repository, LAYER_BLOB, 0)).isInstanceOf(ContentException.NotFound.class);
    }

    @Test
    void passesOnRefusalOfSource() {
        Repository repository = repository();
        ContentException refusal = new ContentException.Denied("no access to the source", false);

        assertThatThrownBy(() -> repository.ensureBlob(LAYER_BLOB, offset -> {
                    throw refusal;
                }))
                .isSameAs(refusal);
    }

    private void assertCorrupt(byte[] wrong) {
        Repository repository = repository();

        assertThatThrownBy(() -> repository.ensureBlob(LAYER_BLOB, content(wrong)))
                .isInstanceOf(ContentException.Corrupt.class);
        assertThatThrownBy(() -> read(repository, LAYER_BLOB, 0)).isInstanceOf(ContentException.NotFound.class);
        assertThat(repository.ensureBlob(LAYER_BLOB, content(LAYER_BYTES))).isEqualTo(BlobArrival.UPLOADED);
    }

    static void pushBlobs(Repository repository) {
        repository.ensureBlob(CONFIG_BLOB, content(CONFIG_BYTES));
        repository.ensureBlob(LAYER_BLOB, content(LAYER_BYTES));
    }

    static byte[] read(Repository repository, Descriptor blob, long offset) throws IOException {
        try (InputStream stream = repository.blob(blob).openAt(offset)) {
            return stream.readAllBytes();
        }
    }

    private static BlobContent untouchable() {
        return offset -> {
            throw new AssertionError("what is there already was asked for again");
        };
    }

    static <T> List<T> inParallel(List<Callable<T>> tasks) throws Exception {
        List<T> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<T> task : threads.invokeAll(tasks)) {
                results.add(task.get());
            }
        }
        return results;
    }
}
