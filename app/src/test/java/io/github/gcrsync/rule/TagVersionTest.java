package io.github.gcrsync.rule;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How tags of well-known images read as versions. */
final class TagVersionTest {
    @ParameterizedTest
    @CsvSource({
        "1.27.3, 1.27.3, '', ''",
        "v1.27.3, 1.27.3, '', ''",
        "1, 1, '', ''",
        "1.27.3-alpine, 1.27.3, '', alpine",
        "1.27.3-alpine3.20-perl, 1.27.3, '', alpine3.20-perl",
        "17.0.13_11-jre-alpine, 17.0.13, '', 11-jre-alpine",
        "7.4.1-debian-12-r3, 7.4.1, '', debian-12-r3",
        "1.0.0-rc1, 1.0.0, rc1, ''",
        "1.0.0-RC.1, 1.0.0, RC.1, ''",
        "1.0.0-alpha.2-alpine, 1.0.0, alpha.2, alpine",
        "1.0.0-alpine-beta, 1.0.0, beta, alpine",
        "1.0.0-slim-rc1-amd64, 1.0.0, rc1, slim-amd64",
        "3.14.0rc1-slim, 3.14.0, rc1, slim",
        "3.14.0a1, 3.14.0, a1, ''",
        "6.0.0-M1, 6.0.0, M1, ''",
        "2.0.0-SNAPSHOT, 2.0.0, SNAPSHOT, ''",
        "1.21.0-march, 1.21.0, '', march",
        "1.21.0-prebuilt, 1.21.0, '', prebuilt",
        "1.21.0-developer, 1.21.0, '', developer",
        "1.21.0-mssql, 1.21.0, '', mssql",
        "20240101, 20240101, '', ''",
        "2024.01.05, 2024.1.5, '', ''",
        "2.0.0.Final, 2.0.0, '', Final",
    })
    void parsesNumberPrereleaseAndVariant(String tag, String number, String prerelease, String variant) {
        assertThat(TagVersion.parse(tag)).hasValueSatisfying(version -> {
            assertThat(version.number()).hasToString(number);
            assertThat(version.prerelease()).isEqualTo(prerelease);
            assertThat(version.variant()).isEqualTo(variant);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"latest", "stable-1.27", "7fa3b2c", "v", "sha256-0a1b", "alpine3.20", "1.1.1k", "-1"})
    void findsNoVersionInOtherTags(String tag) {
        assertThat(TagVersion.parse(tag)).isEmpty();
    }

    @Test
    void comparesNumbersOfAnyLength() {
        String huge = "9".repeat(120);

        assertThat(VersionNumber.parse("1." + huge + "0")).isGreaterThan(VersionNumber.parse("1." + huge));
        assertThat(VersionNumber.parse("1.10")).isGreaterThan(VersionNumber.parse("1.9"));
        assertThat(VersionNumber.parse("1.02")).isEqualByComparingTo(VersionNumber.parse("1.2.0"));
    }
}
