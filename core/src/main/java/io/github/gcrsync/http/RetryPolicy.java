package io.github.gcrsync.http;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Limits retries of a failed request: exponential backoff with full jitter, bounded by the number of attempts and their
 * total time.
 *
 * @param attempts most attempts, including the first
 * @param firstWait longest wait before the first retry; doubles with each retry
 * @param longestWait longest wait before any retry
 * @param altogether most time for all attempts and waits
 */
public record RetryPolicy(int attempts, Duration firstWait, Duration longestWait, Duration altogether) {
    public static final RetryPolicy DEFAULT =
            new RetryPolicy(5, Duration.ofMillis(500), Duration.ofSeconds(15), Duration.ofMinutes(2));

    public static final RetryPolicy NONE = new RetryPolicy(1, Duration.ZERO, Duration.ZERO, Duration.ZERO);

    /** Waits until the given attempt is due; 2 is the first retry. */
    public void waitBefore(int attempt) throws InterruptedIOException {
        sleep(jittered(attempt));
    }

    Duration jittered(int attempt) {
        return Duration.ofNanos(
                ThreadLocalRandom.current().nextLong(ceiling(attempt).toNanos() + 1));
    }

    static void sleep(Duration wait) throws InterruptedIOException {
        try {
            Thread.sleep(wait);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting to retry");
        }
    }

    /** Returns the longest wait before the given attempt; 2 is the first retry. */
    Duration ceiling(int attempt) {
        Duration wait = firstWait.multipliedBy(1L << Math.min(20, attempt - 2));
        return wait.compareTo(longestWait) < 0 ? wait : longestWait;
    }
}
