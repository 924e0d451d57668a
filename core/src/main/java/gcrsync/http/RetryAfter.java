package gcrsync.http;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * The {@code Retry-After} header: seconds or a date (RFC 9110, section 10.2.3), and the epoch seconds that Docker Hub
 * sends instead.
 */
public final class RetryAfter {
    /** Numbers above this are points in time: as a delay they would be more than 30 years. */
    private static final long EPOCH_FROM = 1_000_000_000L;

    private RetryAfter() {}

    /** How long to wait from now, never negative; empty if the value is none of the three. */
    public static Optional<Duration> parse(String value, Instant now) {
        String text = value.strip();
        if (!text.isEmpty() && text.length() <= 12 && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            long number = Long.parseLong(text);
            return Optional.of(number < EPOCH_FROM ? Duration.ofSeconds(number) : until(now, number));
        }
        try {
            return Optional.of(until(
                    now,
                    ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toEpochSecond()));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Duration until(Instant now, long epochSecond) {
        return Duration.ofSeconds(Math.max(0, epochSecond - now.getEpochSecond()));
    }
}
