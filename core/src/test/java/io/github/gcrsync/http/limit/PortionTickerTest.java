package io.github.gcrsync.http.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.http.StoppedTicker;
import io.github.gcrsync.http.Ticker;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class PortionTickerTest {
    private final StoppedTicker time = new StoppedTicker();
    private double portion = 0.25;
    private double later = 0.25;

    /** The portion changes with the first sleep. */
    private final PortionTicker ticker = new PortionTicker(
            new Ticker() {
                @Override
                public Instant now() {
                    return time.now();
                }

                @Override
                public long nanoTime() {
                    return time.nanoTime();
                }

                @Override
                public void sleep(Duration wait) {
                    time.sleep(wait);
                    portion = later;
                }
            },
            () -> portion);

    @Test
    void runsAtSpeedOfPortion() throws IOException {
        ticker.sleep(Duration.ofSeconds(3));

        assertThat(time.slept()).isEqualTo(Duration.ofSeconds(12));
        assertThat(ticker.nanoTime()).isEqualTo(Duration.ofSeconds(3).toNanos());
        assertThat(ticker.now()).isEqualTo(StoppedTicker.BEGAN.plusSeconds(12));
    }

    @Test
    void shortensWaitWhenPortionGrows() throws IOException {
        later = 1;
        ticker.sleep(Duration.ofSeconds(100));

        assertThat(time.slept()).isEqualTo(Duration.ofMillis(100_750));
    }

    @Test
    void prolongsWaitWhenPortionShrinks() throws IOException {
        portion = 1;
        later = 0.5;
        ticker.sleep(Duration.ofSeconds(11));

        assertThat(time.slept()).isEqualTo(Duration.ofSeconds(21));
    }

    @Test
    void sharesBandwidth() throws IOException {
        Bandwidth bandwidth = new Bandwidth(100_000, ticker);

        bandwidth.throttled(new ByteArrayInputStream(new byte[1_000_000])).readAllBytes();

        assertThat(time.slept()).isBetween(Duration.ofSeconds(38), Duration.ofSeconds(40));
    }
}
