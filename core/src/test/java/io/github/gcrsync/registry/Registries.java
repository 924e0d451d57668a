package io.github.gcrsync.registry;

import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.engine.EngineBuilder;
import io.github.gcrsync.http.RetryPolicy;
import io.github.gcrsync.http.Transport;
import io.github.gcrsync.http.limit.HostSlots;
import io.github.gcrsync.registry.hosted.HostedApis;
import java.time.Duration;
import java.util.Optional;

/** Engines for tests, with long timeouts for busy machines and short waits between retries. */
public final class Registries {
    private Registries() {}

    /** Returns an access that creates no repositories and journals no uploads. */
    static Access access(Transport transport) {
        return new Access(
                transport,
                new HostSlots(64),
                RetryPolicy.NONE,
                Duration.ofSeconds(20),
                (_, _) -> false,
                new HostedApis(transport, _ -> Optional.empty(), _ -> Optional.empty()),
                UploadJournal.NONE);
    }

    public static EngineBuilder engine() {
        return Engine.builder()
                .timeout(Duration.ofSeconds(20))
                .retries(new RetryPolicy(3, Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofSeconds(30)));
    }
}
