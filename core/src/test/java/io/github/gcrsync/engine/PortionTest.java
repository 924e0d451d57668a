package io.github.gcrsync.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.oci.Reference;
import io.github.gcrsync.registry.Registries;
import io.github.gcrsync.tasks.Tasks;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An engine uses its portion of the limits. */
@Timeout(60)
final class PortionTest {
    private final AtomicReference<Double> portion = new AtomicReference<>(0.25);

    @Test
    void sendsMoreRequestsAtOnceWhenPortionGrows() {
        CountDownLatch answered = new CountDownLatch(1);
        try (TestRegistry registry = TestRegistry.start();
                Engine engine = Registries.engine()
                        .connectionsPerHost(8)
                        .portion(portion::get)
                        .build()) {
            Reference image = image(registry);
            registry.fault(Fault.on("HEAD", "/manifests/1").delayUntil(answered).always());
            CompletableFuture<Void> asking = CompletableFuture.runAsync(() -> Tasks.forEach(
                    IntStream.range(0, 8).boxed().toList(),
                    8,
                    i -> engine.repository(image).resolve("1")));
            while (registry.log().count() < 2) {
                Thread.onSpinWait();
            }
            assertThat(registry.log().count()).isEqualTo(2);

            portion.set(1.0);
            while (registry.log().maxInFlight() < 8) {
                Thread.onSpinWait();
            }
            answered.countDown();
            asking.join();
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, 0.000_1, 7})
    void acceptsAnyPortion(double value) {
        try (TestRegistry registry = TestRegistry.start();
                Engine engine = Registries.engine().portion(() -> value).build()) {
            assertThat(engine.repository(image(registry)).resolve("1")).isPresent();
        }
    }

    private static Reference image(TestRegistry registry) {
        registry.put("ns/a", "1", SampleImages.oci(1));
        return Reference.parse(registry.host() + "/ns/a:1");
    }
}
