package io.github.gcrsync.http.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Checks that the window grows with answers and halves with refusals. */
final class HostWindowTest {
    private static final Duration EPOCH = Duration.ofMillis(100);

    private double portion = 1;

    @Test
    void growsToLimit() {
        HostWindow window = new HostWindow(40, EPOCH, () -> portion);

        for (int round = 0; round < 100; round++) {
            fill(window);
        }

        assertThat(window.size()).isEqualTo(40);
    }

    @Test
    void growsToPortionOfLimit() {
        portion = 0.5;
        HostWindow window = new HostWindow(64, EPOCH, () -> portion);

        for (int round = 0; round < 100; round++) {
            fill(window);
        }
        assertThat(window.size()).isEqualTo(32);

        portion = 0.25;
        assertThat(window.size()).isEqualTo(16);
        portion = 1;
        assertThat(window.size()).as("what the host is known to handle").isEqualTo(32);
        portion = 0.01;
        assertThat(window.hasRoomFor(2)).as("a copy within the host").isTrue();
    }

    @Test
    void doesNotGrowWhileUnused() {
        HostWindow window = new HostWindow(40, EPOCH, () -> portion);

        for (int i = 0; i < 1000; i++) {
            window.enter();
            window.succeeded();
            window.leave();
        }

        assertThat(window.size()).isEqualTo(16);
    }

    @Test
    void admitsTwoTogetherAtNarrowHostOnlyWhenIdle() {
        HostWindow window = new HostWindow(1, EPOCH, () -> portion);
        assertThat(window.hasRoomFor(2)).isTrue();
        window.enter();
        assertThat(window.hasRoomFor(2)).isFalse();
        assertThat(window.hasRoomFor(1)).isFalse();
        window.leave();
        assertThat(window.hasRoomFor(1)).isTrue();
    }

    @Test
    void halvesOncePerEpoch() {
        HostWindow window = new HostWindow(16, EPOCH, () -> portion);

        for (int i = 0; i < 10; i++) {
            window.refused(1000 + i);
        }
        assertThat(window.size()).isEqualTo(8);

        window.refused(1000 + 2 * EPOCH.toNanos());
        assertThat(window.size()).isEqualTo(4);
    }

    @Test
    void keepsAtLeastOneSlot() {
        HostWindow window = new HostWindow(16, EPOCH, () -> portion);

        for (int i = 1; i <= 20; i++) {
            window.refused(i * 2L * EPOCH.toNanos());
        }

        assertThat(window.size()).isEqualTo(1);
        assertThat(window.hasRoomFor(1)).isTrue();
    }

    @Test
    void growsByOnePerRoundTripAfterRefusal() {
        HostWindow window = new HostWindow(64, EPOCH, () -> portion);
        window.refused(1);
        assertThat(window.size()).isEqualTo(8);

        fill(window);
        fill(window);

        assertThat(window.size()).isBetween(9, 10);
    }

    /** Simulates one round trip with a full window. */
    private static void fill(HostWindow window) {
        int places = window.size();
        for (int i = 0; i < places; i++) {
            window.enter();
        }
        for (int i = 0; i < places; i++) {
            window.succeeded();
            if (window.size() > places + i) {
                window.enter(); // The next request immediately takes the new slot.
                places++;
                i++;
            }
        }
        for (int i = 0; i < places; i++) {
            window.leave();
        }
    }
}
