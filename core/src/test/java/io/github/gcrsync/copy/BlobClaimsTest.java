package io.github.gcrsync.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.ImageDestination;
import io.github.gcrsync.content.Location;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.content.Store;
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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Copiers with separate engines, as in separate processes, read each blob once. */
@Timeout(120)
final class BlobClaimsTest {
    private static final SampleLayer BASE = SampleImages.bigLayer(1, 1 << 20);
    private static final SampleImage IMAGE = SampleImages.oci("linux/amd64", BASE);

    private final TestRegistry source = TestRegistry.start();
    private final TestRegistry eu = TestRegistry.start();
    private final TestRegistry us = TestRegistry.start();
    private final ClaimTable claims = new ClaimTable(Duration.ofHours(1));
    private final List<Worker> processes = new ArrayList<>();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        processes.forEach(process -> process.engine.close());
        source.close();
        eu.close();
        us.close();
    }

    /** What one process has for itself. */
    private final class Worker {
        private final Engine engine = Registries.engine().build();
        private final StopSignal stop = new StopSignal();
        private final Copier copier;

        Worker(BlobClaims agreed, int blobsInFlight) {
            copier = new Copier(CopyOptions.defaults()
                    .withBlobsInFlight(blobsInFlight)
                    .withStop(stop)
                    .withClaims(agreed));
            processes.add(this);
        }

        Worker() {
            this(claims, 8);
        }

        CopyTarget to(TestRegistry registry, String repository) {
            return to(registry, repository, CopyListener.SILENT);
        }

        CopyTarget to(TestRegistry registry, String repository, CopyListener listener) {
            return to(at(registry, "mirror/" + repository), registry.host(), listener);
        }

        CopyTarget to(ImageDestination destination, String server, CopyListener listener) {
            return new CopyTarget(destination, server, "1", true, listener);
        }

        private Repository at(TestRegistry registry, String name) {
            return engine.registry(registry.host()).repository(new RepositoryName(name));
        }

        Store folder(Path path) {
            return engine.open(new Location.Folder(path), 4, false);
        }

        CopyTarget to(Store store, String repository) {
            return to(store.repository(new RepositoryName("mirror/" + repository)), "folder", CopyListener.SILENT);
        }

        void copy(String repository, CopyTarget... targets) {
            assertThat(results(repository, targets)).allMatch(CopyResult.Stored.class::isInstance);
        }

        List<CopyResult> results(String repository, CopyTarget... targets) {
            return copier.copy(at(source, "ns/" + repository), "1", List.of(targets));
        }
    }

    private int reads(SampleLayer layer) {
        return source.log().count("GET", "/blobs/" + layer.digest());
    }

    private static void assertWhole(TestRegistry registry, String repository, SampleImage image) {
        assertThat(registry.manifestDigest("mirror/" + repository, "1")).isEqualTo(image.digest());
        assertThat(image.blobs().keySet()).allMatch(digest -> registry.hasBlob("mirror/" + repository, digest));
    }

    @Test
    void readsEachBlobOnceOverAllProcesses() {
        List<SampleImage> images = IntStream.range(0, 24)
                .mapToObj(i -> SampleImages.oci(
                        "linux/amd64", BASE, SampleImages.layer(100 + i % 5, 20), SampleImages.layer(1000 + i, 2)))
                .toList();
        Set<String> unique = new HashSet<>();
        images.forEach(image -> unique.addAll(image.blobs().keySet()));
        IntStream.range(0, 24).forEach(i -> source.put("ns/r" + i, "1", images.get(i)));
        List<Worker> both = List.of(new Worker(), new Worker());

        Tasks.forEach(IntStream.range(0, 24).boxed().toList(), 24, i -> {
            Worker process = both.get(i % 2);
            process.copy("r" + i, process.to(eu, "r" + i), process.to(us, "r" + i));
        });

        assertThat(source.log().count("GET", "/blobs/")).isEqualTo(unique.size());
        IntStream.range(0, 24).forEach(i -> {
            assertWhole(eu, "r" + i, images.get(i));
            assertWhole(us, "r" + i, images.get(i));
        });
        assertThat(claims.claims()).isZero();
    }

    @Test
    void transfersBlobOfProcessThatFailed() {
        source.put("ns/a", "1", IMAGE);
        source.put("ns/b", "1", IMAGE);
        eu.fault(Fault.on("PUT", "mirror/a/blobs/uploads/").status(403).always());
        Worker failing = new Worker();
        Worker other = new Worker();
        CompletableFuture<Void> begun = new CompletableFuture<>();
        CompletableFuture<List<CopyResult>> failed =
                CompletableFuture.supplyAsync(() -> failing.results("a", failing.to(eu, "a", new AtStart(BASE, () -> {
                    begun.complete(null);
                    claims.awaitWaiting();
                }))));
        begun.join();

        other.copy("b", other.to(eu, "b"));

        assertThat(failed.join()).singleElement().isInstanceOf(CopyResult.Failed.class);
        assertWhole(eu, "b", IMAGE);
        assertThat(claims.claims()).isZero();
    }

    @Test
    void readsBlobThatIsGoneWhereItWasFound() {
        source.put("ns/a", "1", IMAGE);
        source.put("ns/b", "1", IMAGE);
        eu.put("mirror/lost", "1", SampleImages.oci(1));
        claims.put(BASE.digest(), eu.host(), "mirror/lost");
        Worker process = new Worker();

        process.copy("a", process.to(eu, "a"));
        process.copy("b", process.to(eu, "b"));

        assertWhole(eu, "a", IMAGE);
        assertWhole(eu, "b", IMAGE);
        assertThat(reads(BASE)).isEqualTo(1);
        assertThat(claims.place(BASE.digest(), eu.host())).isEqualTo("mirror/a");
    }

    @Test
    void readsBlobOfRepositoryThatMayNotBeRead() {
        source.put("ns/a", "1", IMAGE);
        claims.put(BASE.digest(), eu.host(), "secret/base");
        eu.fault(Fault.on("POST", "mirror/a/blobs/uploads/").skip(1).status(403));
        Worker process = new Worker(claims, 1);

        process.copy("a", process.to(eu, "a"));

        assertWhole(eu, "a", IMAGE);
        assertThat(reads(BASE)).isEqualTo(1);
    }

    @Test
    void readsBlobIfOtherProcessTakesTooLong() {
        source.put("ns/a", "1", IMAGE);
        ClaimTable impatient = new ClaimTable(Duration.ofMillis(20));
        impatient.take(BASE.digest(), eu.host());
        Worker process = new Worker(impatient, 8);

        process.copy("a", process.to(eu, "a"));

        assertWhole(eu, "a", IMAGE);
        assertThat(reads(BASE)).isEqualTo(1);
        assertThat(impatient.place(BASE.digest(), eu.host())).isEqualTo("mirror/a");
    }

    @Test
    void mountsAtOneDestinationAndTransfersToOther() {
        source.put("ns/a", "1", IMAGE);
        source.put("ns/b", "1", IMAGE);
        Worker first = new Worker();
        first.copy("a", first.to(eu, "a"));
        eu.log().clear();
        Worker second = new Worker();

        second.copy("b", second.to(eu, "b"), second.to(us, "b"));

        assertThat(reads(BASE)).isEqualTo(2);
        assertWhole(eu, "b", IMAGE);
        assertWhole(us, "b", IMAGE);
        assertThat(eu.log().exchanges().stream()
                        .filter(e -> e.path().contains("/blobs/"))
                        .mapToLong(Exchange::requestBytes)
                        .sum())
                .isZero();
        assertThat(claims.place(BASE.digest(), us.host())).isEqualTo("mirror/b");
    }

    @Test
    void waitsForOtherProcessWithoutSlot() {
        source.put("ns/a", "1", IMAGE);
        SampleImage unrelated = SampleImages.oci(2);
        source.put("ns/b", "1", unrelated);
        claims.take(BASE.digest(), eu.host());
        Worker process = new Worker(claims, 1);
        CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> process.copy("a", process.to(eu, "a")));
        claims.awaitWaiting();

        process.copy("b", process.to(eu, "b"));

        assertWhole(eu, "b", unrelated);
        assertThat(waiting).isNotDone();
        eu.put("mirror/base", "1", IMAGE);
        claims.put(BASE.digest(), eu.host(), "mirror/base");
        waiting.join();
        assertWhole(eu, "a", IMAGE);
        assertThat(reads(BASE)).isZero();
    }

    @Test
    void stopsWhileItWaitsForOtherProcess() {
        source.put("ns/a", "1", IMAGE);
        claims.take(BASE.digest(), eu.host());
        Worker process = new Worker();
        CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> process.copy("a", process.to(eu, "a")));
        claims.awaitWaiting();

        process.stop.give();

        assertThatThrownBy(waiting::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(StoppedException.class);
        assertThat(reads(BASE)).isZero();
    }

    @Test
    void linksBlobThatOtherProcessPutIntoSharedFolder() throws IOException {
        source.put("ns/a", "1", IMAGE);
        source.put("ns/b", "1", IMAGE);
        source.put("ns/c", "1", IMAGE);
        source.put("ns/other", "1", SampleImages.oci(3));
        Worker first = new Worker();
        Worker second = new Worker();
        Store early = second.folder(folder);
        second.copy("other", second.to(early, "other")); // It has listed the folder before the other process writes.

        first.copy("a", first.to(first.folder(folder), "a"));
        second.copy("b", second.to(early, "b"));
        second.copy("c", second.to(early, "c"));

        assertThat(reads(BASE)).isEqualTo(1);
        assertThat(file(folder, "b")).isEqualTo(file(folder, "a"));
        assertThat(file(folder, "c")).isEqualTo(file(folder, "a"));
    }

    @Test
    void readsBlobThatOtherProcessPutIntoFolderOfItsOwn() throws IOException {
        source.put("ns/a", "1", IMAGE);
        source.put("ns/b", "1", IMAGE);
        source.put("ns/c", "1", IMAGE);
        Worker first = new Worker();
        Worker second = new Worker();
        Path own = folder.resolve("second");
        Store store = second.folder(own);

        first.copy("a", first.to(first.folder(folder.resolve("first")), "a"));
        second.copy("b", second.to(store, "b"));
        second.copy("c", second.to(store, "c"));

        assertThat(reads(BASE)).isEqualTo(2);
        assertThat(file(own, "c")).isEqualTo(file(own, "b"));
    }

    /** Identifies the file of the layer, whatever its name. */
    private static Object file(Path folder, String repository) throws IOException {
        Path file = folder.resolve("mirror/" + repository)
                .resolve("blobs")
                .resolve(BASE.digest().replace(':', '/'));
        return Files.getAttribute(file, "unix:ino");
    }

    /** Acts when the work on a layer starts. */
    private record AtStart(SampleLayer layer, Runnable action) implements CopyListener {
        @Override
        public void blobStarted(Descriptor blob, Digest image) {
            if (blob.digest().value().equals(layer.digest())) {
                action.run();
            }
        }
    }
}
