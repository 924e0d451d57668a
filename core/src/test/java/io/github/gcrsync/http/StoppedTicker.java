package io.github.gcrsync.http;

import java.time.Duration;
import java.time.Instant;

/** A clock that advances only by sleeping. */
public final class StoppedTicker implements Ticker {
    public static final Instant BEGAN = Instant.parse("2026-01-01T00:00:00Z");

    private Duration slept = Duration.ZERO;

    @Override
    public synchronized Instant now() {
        return BEGAN.plus(slept);
    }

    @Override
    public synchronized long nanoTime() {
        return slept.toNanos();
    }

    @Override
    public synchronized void sleep(Duration wait) {
        slept = slept.plus(wait);
    }

    public synchronized Duration slept() {
        return slept;
    }
}
