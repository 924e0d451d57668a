package io.github.gcrsync.cli.console;

import io.github.gcrsync.copy.CopyOptions;
import io.github.gcrsync.engine.EngineBuilder;
import io.github.gcrsync.http.RetryPolicy;
import java.time.Duration;

/**
 * How long to retry and wait where no flag says so.
 *
 * @param slowDestination how long one of several destinations may hold up the others
 * @param heartbeat how often a worker shows that it lives
 */
public record Patience(RetryPolicy retries, Duration commitTimeout, Duration slowDestination, Duration heartbeat) {
    /** A worker that was not seen for four heartbeats is dead. Others look every second heartbeat: 30 seconds at most. */
    public static final Patience USUAL = new Patience(
            RetryPolicy.DEFAULT, EngineBuilder.COMMIT_TIMEOUT, CopyOptions.PATIENCE, Duration.ofSeconds(5));
}
