package io.github.gcrsync.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RetryAfterTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0|0",
                "7| 7",
                " 120 |120",
                "999999999|999999999",
                "1772366400|0",
                "1772366460|60",
                "1000000000|0",
                "Sun, 01 Mar 2026 12:01:00 GMT|60",
                "Sun, 1 Mar 2026 12:01:00 GMT|60",
                "Sun, 01 Mar 2020 12:01:00 GMT|0",
                "Sunday, 01-Mar-26 12:01:00 GMT|60",
                "Sun Mar  1 12:01:00 2026|60"
            })
    void parsesSecondsDatesAndEpochSeconds(String value, long seconds) {
        assertThat(RetryAfter.parse(value, NOW)).contains(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "-1", "+1", "1.5", "1s", "soon", "９", "99999999999999999999", "2026-03-01T12:00:00Z"})
    void ignoresOtherText(String value) {
        assertThat(RetryAfter.parse(value, NOW)).isEmpty();
    }

    @Test
    void parsesRandomTextWithoutErrorOrNegativeWait() {
        Random random = new Random(1);
        String alphabet = "0123456789 ,:GMTSunFebMar-+.\t\0é";
        for (int i = 0; i < 100_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(32); length > 0; length--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            if (RetryAfter.parse(text.toString(), NOW).orElse(Duration.ZERO).isNegative()) {
                fail("negative for " + text);
            }
        }
    }
}
