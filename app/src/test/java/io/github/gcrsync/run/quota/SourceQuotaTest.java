package io.github.gcrsync.run.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.http.Ticker;
import io.github.gcrsync.http.limit.RateLimit;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class SourceQuotaTest {
    private static final Instant BEGAN = Instant.parse("2026-01-01T00:00:00Z");

    private final StopSignal stop = new StopSignal();
    private final StringWriter said = new StringWriter();
    private Optional<RateLimit> told = Optional.of(hub(2));
    private Duration slept = Duration.ZERO;
    private int looks;
    private Duration stopAfter = Duration.ofDays(1);

    private final Ticker ticker = new Ticker() {
        @Override
        public Instant now() {
            return BEGAN.plus(slept);
        }

        @Override
        public long nanoTime() {
            return slept.toNanos();
        }

        @Override
        public void sleep(Duration wait) {
            slept = slept.plus(wait);
            if (slept.compareTo(stopAfter) >= 0) {
                stop.give();
            }
        }
    };

    private void look() {
        looks++;
    }

    private static RateLimit hub(long remaining) {
        return new RateLimit(100, remaining, Optional.of(Duration.ofHours(6)), Optional.empty());
    }

    private PullQuota quota(boolean waits) {
        return SourceQuota.of(
                "docker.io", told, () -> told, () -> told, 250, waits, stop, ticker, new PrintWriter(said));
    }

    @Test
    void refusesImagesBeyondQuotaWithoutWaiting() {
        PullQuota quota = quota(false);
        assertThat(said.toString()).contains("docker.io allows 2 more pulls").contains("about 18 h");
        assertThat(quota.admits(this::look)).isPresent();
        assertThat(quota.admits(this::look)).isPresent();
        assertThat(quota.admits(this::look)).isEmpty();
        assertThat(slept).isZero();
    }

    @Test
    void prefersCountOfSource() {
        PullQuota quota = quota(false);
        told = Optional.of(hub(0));
        assertThat(quota.admits(this::look)).isEmpty();
    }

    @Test
    void waitsForNextWindow() {
        PullQuota quota = quota(true);
        told = Optional.of(hub(0));
        for (int i = 0; i < 100; i++) {
            assertThat(quota.admits(this::look)).isPresent();
        }
        assertThat(slept).isEqualTo(Duration.ofHours(6));
        told = Optional.of(new RateLimit(100, 0, Optional.of(Duration.ofHours(6)), Optional.of(ticker.now())));
        assertThat(quota.refused(1)).isTrue();
        told = Optional.of(hub(0));
        assertThat(quota.admits(this::look)).isPresent();
        assertThat(looks).as("checkpoints fall due in hours of sleep").isPositive();
    }

    @Test
    void ignoresRefusalOfEarlierWindow() {
        PullQuota quota = quota(true);
        told = Optional.of(hub(0));
        assertThat(quota.admits(this::look)).hasValue(1);
        Duration once = slept;

        assertThat(quota.refused(0)).as("it is tried again").isTrue();

        assertThat(quota.admits(this::look)).hasValue(1);
        assertThat(slept).isEqualTo(once);
    }

    @Test
    void ignoresRefusalWhileQuotaRemains() {
        PullQuota quota = quota(false);
        assertThat(quota.refused(0)).isFalse();
        assertThat(quota.admits(this::look)).isPresent();
    }

    @Test
    void plansForLongWindowThatEndsSoon() {
        told = Optional.of(new RateLimit(
                100, 2, Optional.of(Duration.ofHours(1)), Optional.of(BEGAN.plus(Duration.ofSeconds(30)))));
        assertThat(quota(false)).isNotSameAs(PullQuota.NONE);
    }

    @Test
    void stopsWaitingOnStopSignal() {
        stopAfter = Duration.ofSeconds(5);
        PullQuota quota = quota(true);
        told = Optional.of(hub(0));
        assertThat(quota.admits(this::look)).isEmpty();
        assertThat(slept).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void ignoresSourcesWithoutQuota() {
        told = Optional.empty();
        PullQuota quota = quota(false);
        assertThat(quota).isSameAs(PullQuota.NONE);
        assertThat(quota.refused(0)).isFalse();
    }
}
