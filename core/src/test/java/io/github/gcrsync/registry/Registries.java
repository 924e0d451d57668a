package io.github.gcrsync.registry;

import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.engine.EngineBuilder;
import io.github.gcrsync.http.RetryPolicy;
import io.github.gcrsync.http.Transport;
import io.github.gcrsync.http.limit.HostSlots;
import java.time.Duration;

/** Engines for tests: patient enough for a busy machine, and quick to try again. */
public final class Registries {
    private Registries() {}

    /** A registry is told of no repository to create and remembers no upload. */
    static Access access(Transport transport) {
        return new Access(
                transport,
                new HostSlots(64),
                RetryPolicy.NONE,
                Duration.ofSeconds(20),
                (_, _) -> false,
                UploadJournal.NONE);
    }

    public static EngineBuilder engine() {
        return Engine.builder()
                .timeout(Duration.ofSeconds(20))
                .retries(new RetryPolicy(3, Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofSeconds(30)));
    }
}
