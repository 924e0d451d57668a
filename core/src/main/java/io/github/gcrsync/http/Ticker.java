package io.github.gcrsync.http;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;

/** A clock that can wait; tests supply their own. */
public interface Ticker {
    Ticker SYSTEM = new Ticker() {
        @Override
        public Instant now() {
            return Instant.now();
        }

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public void sleep(Duration wait) throws InterruptedIOException {
            RetryPolicy.sleep(wait);
        }
    };

    Instant now();

    /** Like {@link System#nanoTime}. */
    long nanoTime();

    void sleep(Duration wait) throws InterruptedIOException;
}
