package io.github.gcrsync.copy;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.registry.Registries;
import io.github.gcrsync.tasks.Tasks;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.SampleLayer;
import io.github.gcrsync.testkit.TestRegistry;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs many concurrent copies between hosts that allow few requests: each transfer needs a slot at both ends. */
@Timeout(120)
final class BothWaysTest {
    private static final int IMAGES = 30;

    @Test
    void copiesBetweenRegistriesThatAllowOneRequest() {
        try (TestRegistry one = TestRegistry.start();
                TestRegistry other = TestRegistry.start();
                Engine engine = Registries.engine().connectionsPerHost(1).build()) {
            copyAll(engine, List.of(one, other), List.of(other, one));
        }
    }

    @Test
    void copiesThroughRedirectsToStorage() {
        try (TestRegistry one = TestRegistry.builder().redirectBlobs(true).start();
                TestRegistry other = TestRegistry.builder().redirectBlobs(true).start();
                Engine engine = Registries.engine().connectionsPerHost(1).build()) {
            copyAll(engine, List.of(one, other), List.of(other, one));
        }
    }

    @Test
    void copiesWithinRegistryThatAllowsTwoRequests() {
        try (TestRegistry one = TestRegistry.builder().mounts(false).start();
                Engine engine = Registries.engine().connectionsPerHost(2).build()) {
            copyAll(engine, List.of(one), List.of(one));
        }
    }

    private static void copyAll(Engine engine, List<TestRegistry> from, List<TestRegistry> to) {
        Copier copier = new Copier(8, new StopSignal(), CopyListener.SILENT);
        List<Integer> images = IntStream.range(0, IMAGES).boxed().toList();
        images.forEach(i -> {
            SampleLayer layer = SampleImages.layer(i, 20);
            from.get(i % from.size()).put("ns/r" + i, "1", SampleImages.oci("linux/amd64", layer));
        });

        Tasks.forEach(
                images,
                16,
                i -> copier.copy(
                        engine.registry(from.get(i % from.size()).host()).repository(new RepositoryName("ns/r" + i)),
                        "1",
                        engine.registry(to.get(i % to.size()).host()).repository(new RepositoryName("mirror/r" + i)),
                        "1",
                        true));

        images.forEach(i -> assertThat(to.get(i % to.size()).manifestDigest("mirror/r" + i, "1"))
                .isEqualTo(from.get(i % from.size()).manifestDigest("ns/r" + i, "1")));
    }
}
