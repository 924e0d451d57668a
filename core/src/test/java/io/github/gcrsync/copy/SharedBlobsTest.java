package io.github.gcrsync.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.BlobArrival;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.ImageDestination;
import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.registry.Registries;
import io.github.gcrsync.tasks.Tasks;
import io.github.gcrsync.testkit.Exchange;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.SampleLayer;
import io.github.gcrsync.testkit.TestRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Copies many images that share blobs concurrently, more than blobs may be in flight. */
@Timeout(120)
final class SharedBlobsTest {
    private static final int IMAGES = 40;
    private static final SampleLayer BASE = SampleImages.layer(1, 200);

    private final TestRegistry source = TestRegistry.start();
    private TestRegistry destination = TestRegistry.start();
    private final Engine engine = Registries.engine().connectionsPerHost(6).build();
    private final StopSignal stop = new StopSignal();
    private final Copier copier = new Copier(3, stop, CopyListener.SILENT);
    private final List<SampleImage> images = new ArrayList<>();

    @AfterEach
    void close() {
        engine.close();
        source.close();
        destination.close();
    }

    private void fill() {
        for (int i = 0; i < IMAGES; i++) {
            SampleLayer some = SampleImages.layer(100 + i % 5, 20);
            images.add(
                    i % 3 == 0
                            ? SampleImages.index(
                                    SampleImages.oci("linux/amd64", BASE, some),
                                    SampleImages.oci("linux/arm64", BASE, SampleImages.layer(1000 + i, 2)))
                            : SampleImages.oci("linux/amd64", BASE, some, SampleImages.layer(1000 + i, 2)));
            source.put("ns/r" + i % 10, "t" + i, images.get(i));
        }
    }

    private ImageSource from(String repository) {
        return engine.registry(source.host()).repository(new RepositoryName("ns/" + repository));
    }

    private ImageDestination to(String repository) {
        return engine.registry(destination.host()).repository(new RepositoryName("mirror/" + repository));
    }

    /** Returns the reasons of the failures. */
    private List<RuntimeException> copyAll() {
        ConcurrentLinkedQueue<RuntimeException> failures = new ConcurrentLinkedQueue<>();
        Tasks.forEach(IntStream.range(0, IMAGES).boxed().toList(), IMAGES, i -> {
            try {
                copier.copy(from("r" + i % 10), "t" + i, to("r" + i % 10), "t" + i, i % 2 == 0);
            } catch (CopyException | StoppedException e) {
                failures.add(e);
            }
        });
        return List.copyOf(failures);
    }

    private void assertWhole(int i) {
        String repository = "mirror/r" + i % 10;
        assertThat(destination.manifestDigest(repository, "t" + i))
                .isEqualTo(images.get(i).digest());
        assertThat(images.get(i).blobs().keySet()).allMatch(digest -> destination.hasBlob(repository, digest));
    }

    @Test
    void readsEveryBlobOnceFromSource() {
        fill();
        assertThat(copyAll()).isEmpty();

        Map<String, Long> unique = new HashMap<>();
        images.forEach(image -> image.blobs().forEach((digest, content) -> unique.put(digest, content.size())));
        List<Exchange> reads = source.log().exchanges().stream()
                .filter(e -> e.path().contains("/blobs/"))
                .toList();
        assertThat(reads).hasSize(unique.size());
        assertThat(reads.stream().mapToLong(Exchange::responseBytes).sum())
                .isEqualTo(unique.values().stream().mapToLong(Long::longValue).sum());
        assertThat(destination.log().exchanges().stream()
                        .filter(e -> e.path().contains("/blobs/"))
                        .mapToLong(Exchange::requestBytes)
                        .sum())
                .isEqualTo(unique.values().stream().mapToLong(Long::longValue).sum());
        IntStream.range(0, IMAGES).forEach(this::assertWhole);
    }

    @Test
    void uploadsToEveryRepositoryWithoutMounts() {
        destination.close();
        destination = TestRegistry.builder().mounts(false).start();
        fill();
        assertThat(copyAll()).isEmpty();
        IntStream.range(0, IMAGES).forEach(this::assertWhole);
    }

    @Test
    void retriesBlobAfterFailureOfFirstImage() {
        fill();
        source.fault(Fault.on("GET", "/blobs/" + BASE.digest()).status(403).times(2));

        List<RuntimeException> failures = copyAll();

        assertThat(failures)
                .hasSizeBetween(1, 2)
                .allSatisfy(e -> assertThat(((CopyException) e).side()).isEqualTo(Side.SOURCE));
        assertThat(source.log().count("GET", "/blobs/" + BASE.digest()))
                .as("two refusals and one transfer")
                .isEqualTo(3);
        assertThat(copyAll()).isEmpty();
        IntStream.range(0, IMAGES).forEach(this::assertWhole);
    }

    @Test
    void failsOnlyImagesThatNeedMissingBlob() {
        fill();
        source.fault(Fault.on("GET", "/blobs/" + BASE.digest()).status(404).always());
        SampleImage other = SampleImages.oci(77);
        source.put("ns/other", "1", other);

        assertThat(copyAll()).hasSize(IMAGES);
        copier.copy(from("other"), "1", to("other"), "1", false);

        assertThat(destination.manifestDigest("mirror/other", "1")).isEqualTo(other.digest());
        assertThat(destination.tags("mirror/r1")).isEmpty();
    }

    @Test
    void sendsContentLostByDestinationAgain() {
        SampleImage one = SampleImages.oci("linux/amd64", BASE);
        SampleImage two = SampleImages.index(one, SampleImages.oci(5));
        source.put("ns/a", "1", one);
        source.put("ns/a", "2", two);
        copier.copy(from("a"), "1", to("a"), "1", true);
        copier.copy(from("a"), "2", to("a"), "2", true);

        destination.deleteBlob("mirror/a", BASE.digest());
        copier.copy(from("a"), "1", to("a"), "1", true);
        assertThat(destination.hasBlob("mirror/a", BASE.digest())).isTrue();

        destination.deleteBlob("mirror/a", BASE.digest());
        destination.delete("mirror/a", one.digest());
        destination.delete("mirror/a", two.digest());
        copier.copy(from("a"), "2", to("a"), "2", true);
        assertThat(destination.hasBlob("mirror/a", BASE.digest())).isTrue();
        assertThat(destination.manifestDigest("mirror/a", one.digest())).isEqualTo(one.digest());
        assertThat(destination.manifestDigest("mirror/a", "2")).isEqualTo(two.digest());
    }

    @Test
    void failsIfDestinationRepeatedlyLosesContent() {
        source.put("ns/a", "1", SampleImages.oci(1));
        destination.fault(Fault.on("PUT", "manifests")
                .status(404, "{\"errors\":[{\"code\":\"MANIFEST_BLOB_UNKNOWN\"}]}")
                .always());
        assertThatThrownBy(() -> copier.copy(from("a"), "1", to("a"), "1", true))
                .isInstanceOfSatisfying(CopyException.class, e -> {
                    assertThat(e.side()).isEqualTo(Side.DESTINATION);
                    assertThat(e.reason()).isInstanceOf(ContentException.Incomplete.class);
                });
        assertThat(destination.log().count("PUT", "manifests"))
                .as("twice before the content is pushed again, and twice after it")
                .isEqualTo(4);
    }

    @Test
    void finishesWorkInFlightWhenStopped() throws InterruptedException {
        source.put("ns/a", "1", SampleImages.oci("linux/amd64", BASE));
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch reading = new CountDownLatch(1);
        source.fault(Fault.on("GET", "/blobs/" + BASE.digest()).delayUntil(goOn));
        Copier listening = new Copier(3, stop, new CopyListener() {
            @Override
            public void blobStarted(Descriptor blob, Digest image) {
                if (blob.digest().value().equals(BASE.digest())) {
                    reading.countDown();
                }
            }

            @Override
            public void blobArrived(Descriptor blob, BlobArrival arrival) {
                if (blob.digest().value().equals(BASE.digest())) {
                    goOn.countDown();
                }
            }
        });
        AtomicReference<Throwable> outcome = new AtomicReference<>(new AssertionError("it went on"));
        Thread thread = Thread.ofVirtual().start(() -> {
            try {
                listening.copy(from("a"), "1", to("a"), "1", true);
            } catch (StoppedException e) {
                outcome.set(e);
            }
        });
        reading.await();
        while (source.log().count("GET", "/blobs/" + BASE.digest()) == 0) {
            Thread.onSpinWait();
        }
        stop.give();
        goOn.countDown();
        thread.join();
        assertThat(outcome.get()).isInstanceOf(StoppedException.class);
        assertThat(destination.hasBlob("mirror/a", BASE.digest())).isTrue();
        assertThat(destination.tags("mirror/a")).isEmpty();
        assertThatThrownBy(() -> copier.copy(from("a"), "1", to("a"), "1", true))
                .isInstanceOf(StoppedException.class);
    }

    @Test
    void releasesSlotIfListenerThrows() {
        source.put("ns/a", "1", SampleImages.oci(1));
        Copier one = new Copier(1, stop, new CopyListener() {
            private int calls;

            @Override
            public void blobStarted(Descriptor blob, Digest image) {
                if (++calls == 1) {
                    throw new IllegalStateException("the listener's own");
                }
            }
        });
        assertThatThrownBy(() -> one.copy(from("a"), "1", to("a"), "1", true)).hasMessage("the listener's own");
        one.copy(from("a"), "1", to("a"), "1", true);
        assertThat(destination.tags("mirror/a")).containsExactly("1");
    }
}
