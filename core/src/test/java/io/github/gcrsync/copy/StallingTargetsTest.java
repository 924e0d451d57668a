package io.github.gcrsync.copy;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.registry.Registries;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.SampleLayer;
import io.github.gcrsync.testkit.TestRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Images that share content and are copied to different destinations, one of which stalls. */
@Timeout(60)
final class StallingTargetsTest {
    private static final Duration SHORT = Duration.ofMillis(300);

    private final TestRegistry source = TestRegistry.start();
    private final TestRegistry eu = TestRegistry.start();
    private final TestRegistry us = TestRegistry.start();
    private final Engine engine = Registries.engine().connectionsPerHost(6).build();
    private final CountDownLatch end = new CountDownLatch(1);

    @AfterEach
    void close() {
        end.countDown();
        engine.close();
        source.close();
        eu.close();
        us.close();
    }

    private Copier copier(Duration patience) {
        return new Copier(CopyOptions.defaults().withPatience(patience));
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

    /** Copies to one target, on a thread of its own, and returns when a blob is on its way. */
    private Thread begun(Copier copier, String repository, TestRegistry registry) throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CopyListener listener = new CopyListener() {
            @Override
            public void blobStarted(Descriptor blob, Digest image) {
                begun.countDown();
            }
        };
        Thread thread = Thread.ofVirtual()
                .start(() -> copier.copy(from(repository), "1", List.of(to(registry, repository, "1", listener))));
        begun.await();
        return thread;
    }

    private SampleImage put(String repository, String tag, SampleImage image) {
        source.put("ns/" + repository, tag, image);
        return image;
    }

    @Test
    void transfersBlobThatAnotherImageSendsToStalledTargetOnly() throws Exception {
        SampleLayer base = SampleImages.bigLayer(1, 1 << 20);
        put("a", "1", SampleImages.oci("linux/amd64", base));
        SampleImage image = put("b", "1", SampleImages.oci("linux/amd64", base, SampleImages.layer(2, 3)));
        us.fault(Fault.on("PUT", "/blobs/uploads/").delayUntil(end).always());
        Copier copier = copier(SHORT);
        Thread stalled = begun(copier, "a", us);

        List<CopyResult> results = copier.copy(from("b"), "1", List.of(to(eu, "b", "1"), to(us, "b", "1")));

        assertThat(results.get(0)).isInstanceOf(CopyResult.Stored.class);
        assertThat(results.get(1)).isInstanceOf(CopyResult.Behind.class);
        assertThat(eu.manifestDigest("mirror/b", "1")).isEqualTo(image.digest());
        end.countDown();
        stalled.join();
    }

    @Test
    void leavesStalledTargetBehindIfOtherHasBlob() {
        put("a", "1", SampleImages.oci("linux/amd64", SampleImages.bigLayer(3, 1 << 20)));
        copier(SHORT).copy(from("a"), "1", List.of(to(eu, "a", "1")));
        us.fault(Fault.on("PUT", "/blobs/uploads/").delayUntil(end).always());

        List<CopyResult> results = copier(SHORT).copy(from("a"), "1", List.of(to(eu, "a", "1"), to(us, "a", "1")));

        assertThat(results.get(0)).isInstanceOf(CopyResult.Stored.class);
        assertThat(results.get(1)).isInstanceOf(CopyResult.Behind.class);
    }

    private SampleImage putTwoIndexesOfOneChild() {
        SampleImage child = SampleImages.oci("linux/amd64", SampleImages.layer(4, 3));
        put("a", "1", SampleImages.index(child));
        put("a", "2", SampleImages.index(child, SampleImages.oci("linux/arm64", SampleImages.layer(5, 3))));
        return child;
    }

    @Test
    void readsChildOnceForImagesOfDifferentTargets() {
        SampleImage child = putTwoIndexesOfOneChild();
        Copier copier = copier(SHORT);

        assertThat(copier.copy(from("a"), "1", List.of(to(eu, "a", "1"))))
                .allMatch(CopyResult.Stored.class::isInstance);
        assertThat(copier.copy(from("a"), "2", List.of(to(us, "a", "2"), to(eu, "a", "2"))))
                .allMatch(CopyResult.Stored.class::isInstance);

        assertThat(source.log().count("GET", "/manifests/" + child.digest())).isEqualTo(1);
    }

    @Test
    void copiesChildThatAnotherImageSendsToStalledTargetOnly() throws Exception {
        SampleImage child = putTwoIndexesOfOneChild();
        us.fault(Fault.on("PUT", "/manifests/" + child.digest()).delayUntil(end).always());
        Copier copier = copier(SHORT);
        Thread stalled = begun(copier, "a", us);

        List<CopyResult> results = copier.copy(from("a"), "2", List.of(to(us, "a", "2"), to(eu, "a", "2")));

        assertThat(results.get(0)).isInstanceOf(CopyResult.Behind.class);
        assertThat(results.get(1)).isInstanceOf(CopyResult.Stored.class);
        end.countDown();
        stalled.join();
    }
}
