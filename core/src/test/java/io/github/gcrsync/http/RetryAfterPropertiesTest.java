package io.github.gcrsync.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** Parses Retry-After in all its formats (RFC 9110, sections 5.6.7 and 10.2.3). */
final class RetryAfterPropertiesTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final int DECADE = 300_000_000;

    @Property
    void parsesSeconds(@ForAll @IntRange(max = 999_999_999) int seconds) {
        assertThat(RetryAfter.parse(Integer.toString(seconds), NOW)).contains(Duration.ofSeconds(seconds));
    }

    @Property
    void parsesDatesAsNonNegativeWaits(@ForAll @IntRange(min = -DECADE, max = DECADE) int offset) {
        Instant then = NOW.plusSeconds(offset);
        Duration expected = Duration.ofSeconds(Math.max(0, offset));

        assertThat(RetryAfter.parse(Long.toString(then.getEpochSecond()), NOW)).contains(expected);
        for (String form : new String[] {
            "EEE, dd MMM yyyy HH:mm:ss 'GMT'", "EEEE, dd-MMM-yy HH:mm:ss 'GMT'", "EEE MMM ppd HH:mm:ss yyyy"
        }) {
            String date = DateTimeFormatter.ofPattern(form, Locale.ENGLISH).format(then.atOffset(ZoneOffset.UTC));
            assertThat(RetryAfter.parse(date, NOW)).as(date).contains(expected);
        }
    }

    @Property
    void parsesAnyNumberAsNonNegativeWaitOrNothing(@ForAll @LongRange(min = Long.MIN_VALUE) long number) {
        RetryAfter.parse(Long.toString(number), NOW)
                .ifPresent(wait -> assertThat(wait).isGreaterThanOrEqualTo(Duration.ZERO));
    }

    @Property(tries = 5000)
    void parsesAnyTextAsNonNegativeWaitOrNothing(@ForAll("likeDates") String text) {
        RetryAfter.parse(text, NOW).ifPresent(wait -> assertThat(wait).isGreaterThanOrEqualTo(Duration.ZERO));
    }

    @Provide
    Arbitrary<String> likeDates() {
        Arbitrary<String> pieces = Arbitraries.of(
                "Sun",
                "Sunday",
                ",",
                " ",
                "01",
                "1",
                "31",
                "-",
                "Mar",
                "Feb",
                "2026",
                "94",
                "12:00:00",
                "24:60:60",
                "GMT",
                "+0100",
                "UTC",
                "999999999",
                "\u0000",
                "٣");
        return Arbitraries.oneOf(
                Arbitraries.strings(), pieces.list().ofMaxSize(12).map(parts -> String.join("", parts)));
    }

    @Test
    void parsesAllDateFormatsOfSpecification() {
        Instant before = Instant.parse("1994-11-06T08:49:00Z");
        for (String date : new String[] {
            "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"
        }) {
            assertThat(RetryAfter.parse(date, before)).as(date).contains(Duration.ofSeconds(37));
        }
    }
}
