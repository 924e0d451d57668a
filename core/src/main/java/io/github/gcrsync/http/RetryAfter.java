package io.github.gcrsync.http;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Parses the {@code Retry-After} header: seconds or a date (RFC 9110, section 10.2.3), or epoch seconds as Docker Hub
 * sends them.
 */
public final class RetryAfter {
    /** Numbers from here on are epoch seconds: as a delay they would exceed 30 years. */
    private static final long EPOCH_FROM = 1_000_000_000L;

    /**
     * The three date formats that a recipient must accept, all in GMT (RFC 9110, section 5.6.7); years of two digits
     * start at 1980.
     */
    private static final List<DateTimeFormatter> DATES = List.of(
            DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH),
            new DateTimeFormatterBuilder()
                    .appendPattern("EEEE, dd-MMM-")
                    .appendValueReduced(ChronoField.YEAR, 2, 2, 1980)
                    .appendPattern(" HH:mm:ss 'GMT'")
                    .toFormatter(Locale.ENGLISH),
            DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ENGLISH));

    private RetryAfter() {}

    /** Returns the time to wait from now, never negative; empty if the value is malformed. */
    public static Optional<Duration> parse(String value, Instant now) {
        String text = value.strip();
        if (!text.isEmpty() && text.length() <= 12 && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            long number = Long.parseLong(text);
            return Optional.of(number < EPOCH_FROM ? Duration.ofSeconds(number) : until(now, number));
        }
        return DATES.stream()
                .flatMap(form -> date(form, text).stream())
                .findFirst()
                .map(date -> until(now, date.toEpochSecond(ZoneOffset.UTC)));
    }

    private static Optional<LocalDateTime> date(DateTimeFormatter form, String text) {
        try {
            return Optional.of(LocalDateTime.parse(text, form));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Duration until(Instant now, long epochSecond) {
        return Duration.ofSeconds(Math.max(0, epochSecond - now.getEpochSecond()));
    }
}
