package io.github.gcrsync.check.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Samples of consecutive days are about equally large, and together they contain every image. */
final class SampleTest {
    private static final List<String> IMAGES =
            IntStream.range(0, 2000).mapToObj(i -> "app-" + i % 7 + ":v" + i).toList();

    @ParameterizedTest
    @CsvSource({"1%, 100", "5%, 20", "0.5%, 200", "33.3%, 4", "7%, 15", "60%, 2", "100%, 1", "99.9999%, 2"})
    void everyImageIsCheckedWithinItsDays(String share, int days) {
        Sample sample = Sample.parse(share);
        assertThat(sample.days()).isEqualTo(days);

        for (String first : List.of("1970-01-01", "2026-11-27", "2031-02-03")) {
            Set<String> checked = new HashSet<>();
            for (int i = 0; i < days; i++) {
                LocalDate day = LocalDate.parse(first).plusDays(i);
                List<String> today = IMAGES.stream()
                        .filter(image -> sample.includes(image, day))
                        .toList();
                int wanted = sample.millionths() * IMAGES.size() / 1_000_000;
                assertThat(today).hasSizeBetween(wanted / 2 - 5, wanted * 2 + 5);
                checked.addAll(today);
            }
            assertThat(checked).as("from %s", first).hasSameSizeAs(IMAGES);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "5, write 5%",
        "0.5, write 0.5%",
        "half, 'a number with %, such as 5% or 0.5%'",
        "0%, more than 0% and at most 100%",
        "100.1%, more than 0% and at most 100%",
        "-5%, is not a percentage",
        "0.00001%, is not a percentage"
    })
    void refusesOtherText(String share, String words) {
        assertThatThrownBy(() -> Sample.parse(share))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + share + "'")
                .hasMessageContaining(words);
    }

    @Test
    void showsShareWithoutNeedlessZeros() {
        assertThat(Sample.parse("010.50%").percent()).isEqualTo("10.5");
        assertThat(Sample.parse("100%").percent()).isEqualTo("100");
    }
}
