package io.github.gcrsync.cli.console;

import io.github.gcrsync.engine.EngineBuilder;
import io.github.gcrsync.http.RetryPolicy;
import java.time.Duration;

/** How long to retry and wait where no flag says so. */
public record Patience(RetryPolicy retries, Duration commitTimeout) {
    public static final Patience USUAL = new Patience(RetryPolicy.DEFAULT, EngineBuilder.COMMIT_TIMEOUT);
}
