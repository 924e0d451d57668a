package io.github.gcrsync.http.limit;

import io.github.gcrsync.http.Headers;
import io.github.gcrsync.http.RetryAfter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a server says of how much it still allows.
 *
 * @param limit requests in one window
 * @param remaining of them
 * @param window how long one lasts; empty if the server does not say
 * @param reset when everything is allowed again; empty if the server does not say
 */
public record RateLimit(long limit, long remaining, Optional<Duration> window, Optional<Instant> reset) {
    /** {@code 100;w=21600}, as Docker Hub writes it, or the number alone. */
    private static final Pattern QUOTA =
            Pattern.compile("\\s*(\\d{1,12})\\s*(?:[;,].*?\\bw=(\\d{1,9})(?!\\d).*|[;,].*)?");

    /**
     * From {@code RateLimit-*} or {@code X-RateLimit-*} headers; empty if there are none, or none that can be
     * understood.
     */
    public static Optional<RateLimit> of(Headers headers, Instant now) {
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

    /** The longest it can take until everything is allowed again. */
    public Optional<Duration> untilReset(Instant now) {
        return reset.map(at -> Duration.between(now, at))
                .map(left -> left.isNegative() ? Duration.ZERO : left)
                .or(() -> window);
    }
}
