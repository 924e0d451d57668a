package io.github.gcrsync.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.config.MirrorSchedule;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When a mirror runs. */
final class ScheduleTest {
    private static Schedule of(String text, String zone) {
        return Schedule.of(new MirrorSchedule(text, Optional.of(ZoneId.of(zone)), "1:1"), ZoneId.of("UTC"));
    }

    /** Summer time begins on 2026-03-29 at 01:00 UTC, when 02:00 becomes 03:00, and ends on 2026-10-25 at 01:00 UTC. */
    @ParameterizedTest
    @CsvSource({
        "30 2 * * *, 2026-03-28T01:30:00Z, 2026-03-29T01:00:00Z 2026-03-30T00:30:00Z",
        "30 2 * * 0, 2026-03-22T01:30:00Z, 2026-03-29T01:00:00Z 2026-04-05T00:30:00Z",
        "30 4 * * *, 2026-03-28T03:30:00Z, 2026-03-29T02:30:00Z 2026-03-30T02:30:00Z",
        "0 * * * *, 2026-03-29T00:00:00Z, 2026-03-29T01:00:00Z 2026-03-29T02:00:00Z",
        "30 2 * * *, 2026-10-24T00:30:00Z, 2026-10-25T00:30:00Z 2026-10-26T01:30:00Z",
    })
    void runsOnceOnDaysWhenTimeChanges(String cron, Instant due, String expected) {
        Schedule berlin = of(cron, "Europe/Berlin");
        List<String> times = new ArrayList<>();
        Instant at = due;
        for (int i = 0; i < 2; i++) {
            at = berlin.after(at).orElseThrow();
            times.add(at.toString());
        }

        assertThat(String.join(" ", times)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0 0 30 2 *", "61 * * * *", "* * * * 9", "0 0 * * * *"})
    void refusesWhatNeverComes(String cron) {
        assertThatThrownBy(() -> of(cron, "UTC"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + cron + "' is not a schedule of cron: ");
    }

    @Test
    void spreadsIntervalsByAtMostTenthAndFiveMinutes() {
        assertSpread("every 10m", Duration.ofMinutes(10), Duration.ofMinutes(1));
        assertSpread("every 1d", Duration.ofDays(1), Duration.ofMinutes(5));
    }

    private static void assertSpread(String text, Duration interval, Duration most) {
        Schedule every = of(text, "UTC");
        Instant due = Instant.parse("2026-03-01T10:00:00Z");
        assertThat(every.first(due)).contains(due);
        Set<Instant> times = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            times.add(every.after(due).orElseThrow());
        }

        assertThat(times)
                .hasSizeGreaterThan(50)
                .allSatisfy(time -> assertThat(time)
                        .isBetween(due.plus(interval), due.plus(interval).plus(most)));
    }
}
