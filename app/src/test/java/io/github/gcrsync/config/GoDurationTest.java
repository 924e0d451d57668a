package io.github.gcrsync.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class GoDurationTest {
    @ParameterizedTest
    @CsvSource({
        "10s, PT10S",
        "500ms, PT0.5S",
        "1m30s, PT1M30S",
        "1.5h, PT1H30M",
        "2h45m30.5s, PT2H45M30.5S",
        ".5s, PT0.5S",
        "1.s, PT1S",
        "+3s, PT3S",
        "0, PT0S",
        "0s, PT0S",
        "100us, PT0.0001S",
        "100\u00b5s, PT0.0001S",
        "100\u03bcs, PT0.0001S",
        "7ns, PT0.000000007S",
        "1s1s, PT2S",
        "8760h, PT8760H"
    })
    void parsesGoDurations(String text, String expected) {
        assertThat(GoDuration.parse(text)).isEqualTo(Duration.parse(expected));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "s", "10 s", "-5s", "1e3s", "10sec", "1d", "..5s", ".s", "1m-30s", "10S", "１０s"})
    void rejectsInvalidAndNegativeDurations(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GoDuration.parse(text))
                .withMessageContaining("'" + text + "' is not a duration");
    }

    @ParameterizedTest
    @ValueSource(strings = {"8761h", "99999999999999999999h"})
    void rejectsDurationsLongerThanYear(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GoDuration.parse(text))
                .withMessageContaining("longer than a year");
    }
}
