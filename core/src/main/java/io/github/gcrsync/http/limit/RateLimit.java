package io.github.gcrsync.http.limit;

import io.github.gcrsync.http.Headers;
import io.github.gcrsync.http.RetryAfter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server's report of its rate limit.
 *
 * @param limit requests per window
 * @param remaining requests left in this window
 * @param window duration of a window; empty if the server does not report it
 * @param reset time when the full limit is available again; empty if the server does not report it
 */
public record RateLimit(long limit, long remaining, Optional<Duration> window, Optional<Instant> reset) {
    /** {@code 100;w=21600}, as Docker Hub writes it, or only the number. */
    private static final Pattern QUOTA =
            Pattern.compile("\\s*(\\d{1,12})\\s*(?:[;,].*?\\bw=(\\d{1,9})(?!\\d).*|[;,].*)?");

    /**
     * Parses {@code RateLimit-*} or {@code X-RateLimit-*} headers; returns empty if there are none, or they are
     * malformed.
     */
    static Optional<RateLimit> of(Headers headers, Instant now) {
        return of(headers, "RateLimit-", now).or(() -> of(headers, "X-RateLimit-", now));
    }

    private static Optional<RateLimit> of(Headers headers, String prefix, Instant now) {
        Optional<Matcher> remaining = quota(headers.first(prefix + "Remaining"));
        if (remaining.isEmpty()) {
            return Optional.empty();
        }
        Optional<Matcher> limit = quota(headers.first(prefix + "Limit"));
        long left = Long.parseLong(remaining.get().group(1));
        return Optional.of(new RateLimit(
                Math.max(left, limit.map(l -> Long.valueOf(l.group(1))).orElse(left)),
                left,
                limit.flatMap(RateLimit::window).or(() -> window(remaining.get())),
                headers.first(prefix + "Reset")
                        .flatMap(value -> RetryAfter.parse(value, now))
                        .map(now::plus)));
    }

    private static Optional<Matcher> quota(Optional<String> value) {
        return value.map(QUOTA::matcher).filter(Matcher::matches);
    }

    private static Optional<Duration> window(Matcher quota) {
        return Optional.ofNullable(quota.group(2)).map(Long::valueOf).map(Duration::ofSeconds);
    }

    /** Returns the part of a process that shares the limit with others; at the end, nobody may take the last requests. */
    public RateLimit portion(double share) {
        return share == 1
                ? this
                : new RateLimit(Math.max(1, (long) (limit * share)), (long) (remaining * share), window, reset);
    }

    /** Returns the longest time until the full limit is available again. */
    public Optional<Duration> untilReset(Instant now) {
        return reset.map(at -> Duration.between(now, at))
                .map(left -> left.isNegative() ? Duration.ZERO : left)
                .or(() -> window);
    }
}
