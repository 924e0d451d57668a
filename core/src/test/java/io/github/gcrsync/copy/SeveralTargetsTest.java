package io.github.gcrsync.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.BlobArrival;
import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.content.Location;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.registry.Registries;
import io.github.gcrsync.tasks.Tasks;
import io.github.gcrsync.testkit.Exchange;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.SampleLayer;
import io.github.gcrsync.testkit.TestRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Copies images to several destinations at once. */
@Timeout(120)
final class SeveralTargetsTest {
    private static final Duration SHORT = Duration.ofMillis(300);

    private final TestRegistry source = TestRegistry.start();
    private final TestRegistry eu = TestRegistry.start();
    private final TestRegistry us = TestRegistry.start();
    private final Engine engine = Registries.engine().connectionsPerHost(6).build();
    private final StopSignal stop = new StopSignal();
    private final CopyOptions options =
            CopyOptions.defaults().withBlobsInFlight(3).withStop(stop);
    private final Map<String, SampleImage> images = new HashMap<>();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        engine.close();
        source.close();
        eu.close();
        us.close();
    }

    private ImageSource from(String repository) {
        return engine.registry(source.host()).repository(new RepositoryName("ns/" + repository));
    }

    private CopyTarget to(TestRegistry registry, String repository, String tag) {
        return to(registry, repository, tag, CopyListener.SILENT);
    }

    private CopyTarget to(TestRegistry registry, String repository, String tag, CopyListener listener) {
        return new CopyTarget(
                engine.registry(registry.host()).repository(new RepositoryName("mirror/" + repository)),
                registry.host(),
                tag,
                true,
                listener);
    }

    private CopyTarget toFolder(Store store, String repository, String tag) {
        return new CopyTarget(
                store.repository(new RepositoryName("mirror/" + repository)),
                folder.toString(),
                tag,
                true,
                CopyListener.SILENT);
    }

    private SampleImage put(String repository, String tag, SampleImage image) {
        source.put("ns/" + repository, tag, image);
        images.put(repository + ":" + tag, image);
        return image;
    }

    private long blobBytesRead() {
        return source.log().exchanges().stream()
                .filter(e -> e.path().contains("/blobs/"))
                .mapToLong(Exchange::responseBytes)
                .sum();
    }

    private long blobReads() {
        return source.log().exchanges().stream()
                .filter(e -> e.path().contains("/blobs/"))
                .count();
    }

    private long uniqueBytes() {
        Map<String, Long> unique = new HashMap<>();
        images.values()
                .forEach(image -> image.blobs().forEach((digest, content) -> unique.put(digest, content.size())));
        return unique.values().stream().mapToLong(Long::longValue).sum();
    }

    private static void assertWhole(TestRegistry registry, String repository, String tag, SampleImage image) {
        assertThat(registry.manifestDigest("mirror/" + repository, tag)).isEqualTo(image.digest());
        assertThat(image.blobs().keySet()).allMatch(digest -> registry.hasBlob("mirror/" + repository, digest));
    }

    @Test
    void readsEachManifestAndBlobOnceForRegistriesAndFolder() {
        SampleLayer base = SampleImages.layer(1, 200);
        for (int i = 0; i < 24; i++) {
            SampleLayer some = SampleImages.layer(100 + i % 5, 20);
            SampleLayer own = SampleImages.layer(1000 + i, 2);
            put(
                    "r" + i % 6,
                    "t" + i,
                    i % 3 == 0
                            ? SampleImages.index(
                                    SampleImages.oci("linux/amd64", base, some),
                                    SampleImages.oci("linux/arm64", base, own))
                            : SampleImages.oci("linux/amd64", base, some, own));
        }
        Copier copier = new Copier(options);
        Store store = engine.open(new Location.Folder(folder), 4, false);
        Map<Integer, List<CopyResult>> results = new ConcurrentHashMap<>();

        Tasks.forEach(IntStream.range(0, 24).boxed().toList(), 6, i -> {
            String repository = "r" + i % 6;
            results.put(
                    i,
                    copier.copy(
                            from(repository),
                            "t" + i,
                            List.of(
                                    to(eu, repository, "t" + i),
                                    to(us, repository, "t" + i),
                                    toFolder(store, repository, "t" + i))));
        });

        results.forEach((i, all) -> {
            SampleImage image = images.getOrDefault("r" + i % 6 + ":t" + i, SampleImages.oci(0));
            assertThat(all)
                    .hasSize(3)
                    .allSatisfy(result -> assertThat(((CopyResult.Stored) result)
                                    .manifest()
                                    .digest()
                                    .value())
                            .isEqualTo(image.digest()));
            assertWhole(eu, "r" + i % 6, "t" + i, image);
            assertWhole(us, "r" + i % 6, "t" + i, image);
        });
        assertThat(blobBytesRead()).isEqualTo(uniqueBytes());
        long manifests = source.log().exchanges().stream()
                .filter(e -> e.path().contains("/manifests/"))
                .count();
        long expected = images.values().stream()
                .mapToLong(image -> image.manifests().size())
                .sum();
        // Images of one repository may share a child, which is then read once.
        assertThat(manifests).isLessThanOrEqualTo(expected);
    }

    @Test
    void sendsOnlyToTargetThatLacksBlob() {
        SampleLayer layer = SampleImages.bigLayer(7, 3 << 20);
        SampleImage image = put("a", "1", SampleImages.oci("linux/amd64", layer));
        new Copier(options).copy(from("a"), "1", List.of(to(eu, "a", "1")));
        source.log().clear();
        eu.log().clear();

        List<CopyResult> results =
                new Copier(options).copy(from("a"), "1", List.of(to(eu, "a", "1"), to(us, "a", "1")));

        assertThat(results).allMatch(CopyResult.Stored.class::isInstance);
        assertWhole(us, "a", "1", image);
        assertThat(blobBytesRead()).isEqualTo(uniqueBytes());
        assertThat(eu.log().exchanges().stream()
                        .filter(e -> e.path().contains("/blobs/"))
                        .mapToLong(Exchange::requestBytes)
                        .sum())
                .isZero();
    }

    @Test
    void copiesToOthersIfOneTargetRefusesBlob() {
        SampleLayer layer = SampleImages.bigLayer(8, 3 << 20);
        SampleImage image = put("a", "1", SampleImages.oci("linux/amd64", layer, SampleImages.layer(9, 3)));
        us.fault(Fault.on("PUT", "/blobs/uploads/").status(403).always());

        List<CopyResult> results =
                new Copier(options).copy(from("a"), "1", List.of(to(eu, "a", "1"), to(us, "a", "1")));

        assertThat(results.get(0)).isInstanceOf(CopyResult.Stored.class);
        assertThat(results.get(1)).isInstanceOfSatisfying(CopyResult.Failed.class, failed -> {
            assertThat(failed.reason().side()).isEqualTo(Side.DESTINATION);
            assertThat(failed.reason()).hasMessageContaining("403");
        });
        assertWhole(eu, "a", "1", image);
        assertThat(blobBytesRead()).isEqualTo(uniqueBytes());
    }

    @Test
    void leavesSlowTargetBehindAndServesItByReadOfItsOwn() {
        SampleLayer layer = SampleImages.bigLayer(10, 4 << 20);
        SampleImage image = put("a", "1", SampleImages.oci("linux/amd64", layer));
        us.fault(Fault.on("PUT", "/blobs/uploads/").throttleUpload(1 << 20).always());
        Copier copier = new Copier(options.withPatience(SHORT));

        List<CopyResult> results = copier.copy(from("a"), "1", List.of(to(eu, "a", "1"), to(us, "a", "1")));

        assertThat(results.get(0)).isInstanceOf(CopyResult.Stored.class);
        assertThat(results.get(1)).isInstanceOf(CopyResult.Behind.class);
        assertWhole(eu, "a", "1", image);
        us.clearFaults();
        assertThat(copier.apart(2).copy(from("a"), "1", List.of(to(us, "a", "1"))))
                .singleElement()
                .isInstanceOf(CopyResult.Stored.class);
        assertWhole(us, "a", "1", image);
        assertThat(blobBytesRead()).isLessThanOrEqualTo(2 * uniqueBytes());
    }

    @Test
    void doesNotWaitForTargetThatAnswersNothing() {
        SampleImage image = put("a", "1", SampleImages.oci("linux/amd64", SampleImages.bigLayer(11, 3 << 20)));
        us.fault(Fault.on("PUT", "/blobs/uploads/").stallUploadAfter(1000).always());
        Copier copier = new Copier(options.withPatience(SHORT));

        List<CopyResult> results = copier.copy(from("a"), "1", List.of(to(eu, "a", "1"), to(us, "a", "1")));

        assertThat(results.get(0)).isInstanceOf(CopyResult.Stored.class);
        assertThat(results.get(1)).isInstanceOf(CopyResult.Behind.class);
        assertWhole(eu, "a", "1", image);
    }

    @Test
    void waitsForNoTargetThatFailedElsewhere() {
        SampleImage image = put("a", "1", SampleImages.oci("linux/amd64", SampleImages.bigLayer(18, 1 << 20)));
        us.fault(Fault.on("PUT", "/blobs/uploads/").status(403));
        us.fault(Fault.on("PUT", "/blobs/uploads/").stallUploadAfter(1000).always());

        List<CopyResult> results = new Copier(options.withPatience(SHORT))
                .copy(from("a"), "1", List.of(to(eu, "a", "1"), to(us, "a", "1")));

        assertThat(results.get(0)).isInstanceOf(CopyResult.Stored.class);
        assertThat(results.get(1)).isInstanceOf(CopyResult.Failed.class);
        assertWhole(eu, "a", "1", image);
    }

    @Test
    void copiesImagesThatShareChildrenTogether() {
        SampleImage child = SampleImages.oci("linux/amd64", SampleImages.layer(19, 3));
        for (int i = 0; i < 24; i++) {
            put(
                    "a",
                    "t" + i,
                    SampleImages.index(child, SampleImages.oci("linux/arm64", SampleImages.layer(600 + i, 1))));
        }
        Copier copier = new Copier(options);

        Tasks.forEach(
                IntStream.range(0, 24).boxed().toList(),
                12,
                i -> assertThat(copier.copy(from("a"), "t" + i, List.of(to(eu, "a", "t" + i), to(us, "a", "t" + i))))
                        .allMatch(CopyResult.Stored.class::isInstance));

        assertThat(source.log().count("GET", "/manifests/" + child.digest())).isEqualTo(1);
    }

    @Test
    void copiesImagesOfOneRepositoryThatShareBlobTogetherWithoutMounts() {
        SampleLayer base = SampleImages.bigLayer(20, 1 << 20);
        put("a", "0", SampleImages.oci("linux/amd64", base));
        for (int i = 1; i < 13; i++) {
            put("b", "t" + i, SampleImages.oci("linux/amd64", base, SampleImages.layer(700 + i, 1)));
        }
        try (TestRegistry asia = TestRegistry.builder().mounts(false).start();
                TestRegistry africa = TestRegistry.builder().mounts(false).start()) {
            Copier copier = new Copier(options.withPatience(Duration.ofHours(1)));
            copier.copy(from("a"), "0", List.of(to(asia, "a", "0"), to(africa, "a", "0")));
            source.log().clear();

            Tasks.forEach(
                    IntStream.range(1, 13).boxed().toList(),
                    12,
                    i -> assertThat(copier.copy(
                                    from("b"), "t" + i, List.of(to(asia, "b", "t" + i), to(africa, "b", "t" + i))))
                            .allMatch(CopyResult.Stored.class::isInstance));
        }
        assertThat(source.log().count("GET", "/blobs/" + base.digest())).isEqualTo(1);
    }

    @Test
    void failsAllTargetsIfSourceIsDamaged() {
        SampleLayer layer = SampleImages.bigLayer(12, 3 << 20);
        put("a", "1", SampleImages.oci("linux/amd64", layer));
        source.fault(Fault.on("GET", "/blobs/" + layer.digest()).corruptByte(5).always());

        List<CopyResult> results =
                new Copier(options).copy(from("a"), "1", List.of(to(eu, "a", "1"), to(us, "a", "1")));

        assertThat(results)
                .hasSize(2)
                .allSatisfy(result -> assertThat(result)
                        .isInstanceOfSatisfying(
                                CopyResult.Failed.class,
                                failed -> assertThat(failed.reason().side()).isEqualTo(Side.SOURCE)));
    }

    @Test
    void recoversOnceFromBytesDamagedInTransit() {
        SampleLayer layer = SampleImages.bigLayer(13, 3 << 20);
        SampleImage image = put("a", "1", SampleImages.oci("linux/amd64", layer));
        source.fault(Fault.on("GET", "/blobs/" + layer.digest()).corruptByte(2 << 20));

        List<CopyResult> results =
                new Copier(options).copy(from("a"), "1", List.of(to(eu, "a", "1"), to(us, "a", "1")));

        assertThat(results).allMatch(CopyResult.Stored.class::isInstance);
        assertWhole(eu, "a", "1", image);
        assertWhole(us, "a", "1", image);
    }

    @Test
    void resumesSharedReadAfterBrokenConnection() {
        SampleLayer layer = SampleImages.bigLayer(14, 6 << 20);
        SampleImage image = put("a", "1", SampleImages.oci("linux/amd64", layer));
        source.fault(Fault.on("GET", "/blobs/" + layer.digest()).cutAfter(2 << 20));

        List<CopyResult> results =
                new Copier(options).copy(from("a"), "1", List.of(to(eu, "a", "1"), to(us, "a", "1")));

        assertThat(results).allMatch(CopyResult.Stored.class::isInstance);
        assertWhole(eu, "a", "1", image);
        assertWhole(us, "a", "1", image);
        assertThat(blobBytesRead()).isLessThan(uniqueBytes() + (1 << 20));
    }

    @Test
    void reportsProgressOfEachTargetAndOfReadingOnce() {
        SampleLayer layer = SampleImages.bigLayer(15, 2 << 20);
        put("a", "1", SampleImages.oci("linux/amd64", layer));
        Bytes reading = new Bytes();
        Bytes atEu = new Bytes();
        Bytes atUs = new Bytes();

        new Copier(options.withListener(reading))
                .copy(from("a"), "1", List.of(to(eu, "a", "1", atEu), to(us, "a", "1", atUs)));

        assertThat(reading.read()).isEqualTo(uniqueBytes());
        assertThat(atEu.read()).isEqualTo(uniqueBytes());
        assertThat(atUs.read()).isEqualTo(uniqueBytes());
        assertThat(atEu.arrivals).hasSize(2).allMatch(BlobArrival.UPLOADED::equals);
        assertThat(reading.arrivals).isEmpty();
        assertThat(blobReads()).isEqualTo(2);
    }

    @Test
    void stopsForAllTargets() {
        put("a", "1", SampleImages.oci("linux/amd64", SampleImages.layer(16, 3)));
        stop.give();
        assertThatThrownBy(() -> new Copier(options).copy(from("a"), "1", List.of(to(eu, "a", "1"), to(us, "a", "1"))))
                .isInstanceOf(StoppedException.class);
    }

    @Test
    void writesBlobsOfFolderWithoutRegistry() throws Exception {
        SampleImage image = put("a", "1", SampleImages.oci("linux/amd64", SampleImages.bigLayer(17, 2 << 20)));
        Store store = engine.open(new Location.Folder(folder), 4, false);
        List<CopyResult> results =
                new Copier(options).copy(from("a"), "1", List.of(toFolder(store, "a", "1"), toFolder(store, "b", "1")));
        assertThat(results).allMatch(CopyResult.Stored.class::isInstance);
        for (String digest : image.blobs().keySet()) {
            String file = "blobs/" + digest.replace(':', '/');
            assertThat(Files.exists(folder.resolve("mirror/a").resolve(file))).isTrue();
            assertThat(Files.exists(folder.resolve("mirror/b").resolve(file))).isTrue();
        }
        assertThat(blobBytesRead()).isEqualTo(uniqueBytes());
    }

    /** Counts the bytes and the blobs of one listener. */
    private static final class Bytes implements CopyListener {
        private final List<Long> counts = new ArrayList<>();
        private final List<BlobArrival> arrivals = new ArrayList<>();

        @Override
        public synchronized void blobProgress(Descriptor blob, long bytes) {
            counts.add(bytes);
        }

        @Override
        public synchronized void blobArrived(Descriptor blob, BlobArrival arrival) {
            arrivals.add(arrival);
        }

        synchronized long read() {
            return counts.stream().mapToLong(Long::longValue).sum();
        }
    }
}
