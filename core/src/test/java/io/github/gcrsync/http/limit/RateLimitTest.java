package io.github.gcrsync.http.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.http.FakeTransport;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RateLimitTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);

    private static Optional<RateLimit> of(String... fields) {
        return RateLimit.of(FakeTransport.answer(200, "", fields).headers(), NOW);
    }

    @Test
    void parsesHeadersOfDockerHub() {
        assertThat(of("ratelimit-limit", "100;w=21600", "ratelimit-remaining", "76;w=21600"))
                .contains(new RateLimit(100, 76, Optional.of(Duration.ofHours(6)), Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({"30, 30", "1800000030, 30", "0, 0", "1700000000, 0"})
    void parsesResetAsSecondsOrTime(String reset, long seconds) {
        RateLimit limit = of("X-RateLimit-Limit", "60", "X-RateLimit-Remaining", "3", "X-RateLimit-Reset", reset)
                .orElseThrow();
        assertThat(limit.limit()).isEqualTo(60);
        assertThat(limit.untilReset(NOW)).contains(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @CsvSource({"''", "many", "-1", "99999999999999999999", "3;w=", "3;w=99999999999999"})
    void ignoresMalformedHeaders(String remaining) {
        Optional<RateLimit> limit = of("RateLimit-Limit", "100", "RateLimit-Remaining", remaining);
        assertThat(limit.flatMap(RateLimit::window)).isEmpty();
        assertThat(limit.map(RateLimit::remaining).orElse(3L)).isEqualTo(3);
        assertThat(of()).isEmpty();
    }
}
