package gcrsync.http;

import java.time.Duration;

/**
 * How often and how patiently a failed request is sent again: exponential with full jitter, bounded by count and by
 * the time all attempts take together.
 */
public record RetryPolicy(int attempts, Duration firstWait, Duration longestWait, Duration altogether) {
    public static final RetryPolicy DEFAULT =
            new RetryPolicy(5, Duration.ofMillis(500), Duration.ofSeconds(15), Duration.ofMinutes(2));

    public static final RetryPolicy NONE = new RetryPolicy(1, Duration.ZERO, Duration.ZERO, Duration.ZERO);

    /** The longest wait before attempt number {@code attempt} (2 is the first retry). */
    Duration ceiling(int attempt) {
        Duration wait = firstWait.multipliedBy(1L << Math.min(20, attempt - 2));
        return wait.compareTo(longestWait) < 0 ? wait : longestWait;
    }
}
