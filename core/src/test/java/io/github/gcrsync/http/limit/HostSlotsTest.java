package io.github.gcrsync.http.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Takes slots at several hosts in one step, all or none. */
@Timeout(60)
final class HostSlotsTest {
    private static final List<String> A = List.of("a.example");
    private static final List<String> B = List.of("b.example");
    private static final List<String> BOTH = List.of("a.example", "b.example");
    private static final List<String> WITHIN_A = List.of("a.example", "a.example");

    /** Each host allows one request: transfers that hold one slot while waiting for the other would deadlock. */
    @Test
    void finishesTransfersInBothDirectionsBetweenFullHosts() throws Exception {
        HostSlots slots = new HostSlots(1);
        HostSlots.Held full = slots.take(BOTH);
        List<Taker> transfers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            transfers.add(new Taker(slots, i % 2 == 0 ? BOTH : BOTH.reversed(), 500));
        }
        for (Taker transfer : transfers) {
            transfer.awaitWaiting();
        }
        full.close();
        for (Taker transfer : transfers) {
            transfer.thread.join();
            assertThat(transfer.has()).isTrue();
        }
        slots.take(BOTH).close();
    }

    @Test
    void waitsForTwoHostsWithoutHoldingSlots() throws Exception {
        HostSlots slots = new HostSlots(1);
        HostSlots.Held atB = slots.take(B);
        Taker both = new Taker(slots, BOTH);
        both.awaitWaiting();

        slots.take(A).close();
        assertThat(both.has()).isFalse();
        atB.close();

        both.awaitTaken();
    }

    @Test
    void takesTwoSlotsOrNoneWithinOneHost() throws Exception {
        HostSlots slots = new HostSlots(3);
        HostSlots.Held one = slots.take(A);
        HostSlots.Held two = slots.take(A);
        Taker within = new Taker(slots, WITHIN_A);
        within.awaitWaiting();

        HostSlots.Held three = slots.take(A);
        one.close();
        assertThat(within.has()).isFalse();
        two.close();
        within.awaitTaken();

        Taker fourth = new Taker(slots, A);
        fourth.awaitWaiting();
        three.close();
        fourth.awaitTaken();
    }

    @Test
    void waitsForIdleHostIfItAllowsOneRequest() throws Exception {
        HostSlots slots = new HostSlots(1);
        HostSlots.Held one = slots.take(A);
        Taker within = new Taker(slots, WITHIN_A);
        within.awaitWaiting();
        one.close();
        within.awaitTaken();
    }

    @Test
    void admitsRequestsToOtherHostsWhileOneIsFull() throws Exception {
        HostSlots slots = new HostSlots(1);
        HostSlots.Held _ = slots.take(A);
        new Taker(slots, BOTH).awaitWaiting();
        slots.take(B).close();
    }

    @Test
    void releasesSlotsClosedTwiceOnce() throws Exception {
        HostSlots slots = new HostSlots(1);
        HostSlots.Held first = slots.take(A);
        first.close();
        HostSlots.Held _ = slots.take(A);
        first.close();
        new Taker(slots, A).awaitWaiting();
    }

    @Test
    void admitsWaitingRequestAfterAnswer() throws Exception {
        HostSlots slots = new HostSlots(17);
        for (int i = 0; i < 16; i++) {
            slots.take(A);
        }
        Taker next = new Taker(slots, A);
        next.awaitWaiting();
        slots.succeeded("a.example");
        next.awaitTaken();
    }

    @Test
    void holdsNothingAfterInterrupt() throws Exception {
        HostSlots slots = new HostSlots(1);
        HostSlots.Held one = slots.take(A);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> slots.take(BOTH)).isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
        one.close();
        slots.take(BOTH).close();
    }

    @Test
    void holdsNothingAfterPatienceEnds() throws Exception {
        HostSlots slots = new HostSlots(1);
        HostSlots.Held one = slots.take(A);
        assertThat(slots.take(BOTH, Duration.ofMillis(5))).isEmpty();
        slots.take(B).close();
        one.close();
        assertThat(slots.take(BOTH, Duration.ZERO)).isPresent();
    }

    @Test
    void endsRequestsInFlightWhenPortionShrinks() throws Exception {
        AtomicReference<Double> portion = new AtomicReference<>(1.0);
        HostSlots slots = new HostSlots(4, portion::get);
        List<HostSlots.Held> held = List.of(slots.take(A), slots.take(A), slots.take(A), slots.take(A));
        portion.set(0.5);
        Taker next = new Taker(slots, A);
        next.awaitWaiting();

        held.get(0).close();
        held.get(1).close();
        assertThat(next.has()).isFalse();

        held.get(2).close();
        next.awaitTaken();
    }

    @Test
    void admitsWaitingRequestsWhenPortionGrows() throws Exception {
        AtomicReference<Double> portion = new AtomicReference<>(0.5);
        HostSlots slots = new HostSlots(4, portion::get);
        HostSlots.Held _ = slots.take(WITHIN_A);
        Taker within = new Taker(slots, WITHIN_A);
        within.awaitWaiting();

        portion.set(1.0);

        within.awaitTaken();
        new Taker(slots, A).awaitWaiting();
    }

    /** Takes slots in its own thread, and keeps them, or releases and takes them repeatedly. */
    private static final class Taker {
        private final CountDownLatch taken = new CountDownLatch(1);
        private final Thread thread;

        Taker(HostSlots slots, List<String> hosts) {
            this(slots, hosts, 0);
        }

        /** @param rounds how often to take the slots; 0 to keep them */
        Taker(HostSlots slots, List<String> hosts, int rounds) {
            thread = Thread.ofPlatform().daemon().start(() -> {
                try {
                    HostSlots.Held held = slots.take(hosts);
                    for (int round = 1; round <= rounds; round++) {
                        held.close();
                        if (round < rounds) {
                            held = slots.take(hosts);
                        }
                    }
                    taken.countDown();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }

        boolean has() {
            return taken.getCount() == 0;
        }

        void awaitWaiting() throws InterruptedException {
            while (thread.getState() != Thread.State.TIMED_WAITING) {
                assertThat(thread.isAlive())
                        .as("it took slots for which it should wait")
                        .isTrue();
                TimeUnit.MILLISECONDS.sleep(1);
            }
        }

        void awaitTaken() throws InterruptedException {
            taken.await();
        }
    }
}
