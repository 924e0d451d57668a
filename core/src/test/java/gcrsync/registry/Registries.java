package gcrsync.registry;

import gcrsync.engine.Engine;
import gcrsync.engine.EngineBuilder;
import gcrsync.http.RetryPolicy;
import java.time.Duration;

/** Engines for tests: patient enough for a busy machine, and quick to try again. */
public final class Registries {
    private Registries() {}

    public static EngineBuilder engine() {
        return Engine.builder()
                .timeout(Duration.ofSeconds(20))
                .retries(new RetryPolicy(3, Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofSeconds(30)));
    }
}
