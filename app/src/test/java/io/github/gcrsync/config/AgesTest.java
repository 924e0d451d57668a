package io.github.gcrsync.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AgesTest {
    @ParameterizedTest
    @CsvSource({
        "0, PT0S",
        "0d, PT0S",
        "3d, PT72H",
        "12h, PT12H",
        "90m, PT90M",
        "5s, PT5S",
        "1d12h, PT36H",
        "1d2h3m4s, PT26H3M4S",
        "1d30m, PT24H30M",
        "99999d, PT2399976H"
    })
    void parsesAges(String text, String expected) {
        assertThat(Ages.parse(text)).isEqualTo(Duration.parse(expected));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "3", "d", "-3d", "+3d", "3 d", "3D", "1.5d", "12h1d", "1d1d", "1w", "100000d", "３d", "3d\n"})
    void rejectsOtherTexts(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Ages.parse(text))
                .withMessage("'" + text + "' is not an age; write days, hours, minutes and seconds, such as 3d, 12h or"
                        + " 1d12h");
    }
}
