package io.github.gcrsync.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.semver4j.Semver;

/** Ranges of versions; semver4j judges those that a strict semantic version can be held against. */
final class VersionRangeTest {
    @ParameterizedTest
    @CsvSource({
        ">=1.25 <2, 1.25, true",
        ">=1.25 <2, 1.24.9, false",
        ">=1.25 <2, 2, false",
        ">=1.25 <2, 2.0.1, false",
        "'>=1.25, <2', 1.99, true",
        ">1.25, 1.25.3, false",
        ">1.25, 1.26, true",
        "<=1.25, 1.25.3, true",
        "~1.4, 1.4.9, true",
        "~1.4, 1.5.0, false",
        "^1, 1.99.0, true",
        "^1, 2.0.0, false",
        "^0.2, 0.3.0, false",
        "^0.0.3, 0.0.4, false",
        "^0, 0.9.1, true",
        "^0, 1.0.0, false",
        "~0, 1.0.0, false",
        "1.25.x, 1.25.7, true",
        "1.25.x, 1.26.0, false",
        "1.25.*, 1.25.7, true",
        "1.4 || 2, 2.3, true",
        "1.4 || 2, 1.5, false",
        "*, 7, true",
        ">=1.2.3, 1.2.3.1, true",
        "=v1.2, 1.2.3, true",
        ">= 1.2, 1.3, true",
        ">=2024.1, 2024.01.05, true",
    })
    void containsVersions(String range, String version, boolean contained) {
        assertThat(VersionRange.parse(range).contains(VersionNumber.parse(version)))
                .isEqualTo(contained);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1 ||", "latest", ">=1.25-rc1", ">", "^x", "1.25 - 1.27", ">>1", "1..2"})
    void refusesInvalidRange(String range) {
        assertThatThrownBy(() -> VersionRange.parse(range)).isInstanceOf(IllegalArgumentException.class);
    }

    @Property
    void agreesWithSemverOnStrictVersions(@ForAll("ranges") String range, @ForAll("versions") String version) {
        assertThat(VersionRange.parse(range).contains(VersionNumber.parse(version)))
                .as("%s in %s", version, range)
                .isEqualTo(new Semver(version).satisfies(range));
    }

    @Provide
    Arbitrary<String> versions() {
        return numbers(3);
    }

    /** One bound of any kind, or two comparisons: semver4j ignores a ~ behind another bound. */
    @Provide
    Arbitrary<String> ranges() {
        Arbitrary<String> single = Arbitraries.integers()
                .between(1, 3)
                .flatMap(parts -> bounds(parts, ">=", "<=", ">", "<", "=", "~", "^", ""));
        Arbitrary<String> comparison = bounds(3, ">=", "<=", ">", "<");
        return Arbitraries.oneOf(
                single, Combinators.combine(comparison, comparison).as((one, other) -> one + " " + other));
    }

    private static Arbitrary<String> bounds(int parts, String... operators) {
        return Combinators.combine(Arbitraries.of(operators), numbers(parts)).as(String::concat);
    }

    private static Arbitrary<String> numbers(int parts) {
        // semver4j takes ~0 for any version.
        return Arbitraries.integers()
                .between(0, 3)
                .list()
                .ofSize(parts - 1)
                .flatMap(rest -> Arbitraries.integers()
                        .between(1, 3)
                        .map(first -> rest.stream()
                                .map(part -> "." + part)
                                .collect(Collectors.joining("", String.valueOf(first), ""))));
    }
}
