package gcrsync.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Large blobs get their turn a few at a time, more of them as long as that is faster, and small ones pass them by. */
@Timeout(60)
final class SlotsTest {
    private static final long SECOND = 1_000_000_000;

    private final AtomicLong now = new AtomicLong();
    private final Slots slots = new Slots(40, now::get, 0);
    private final List<Thread> threads = new ArrayList<>();

    @AfterEach
    void end() throws InterruptedException {
        for (Thread thread : threads) {
            thread.interrupt();
            thread.join();
        }
    }

    private Slots.Slot moving() throws InterruptedException {
        Slots.Slot slot = slots.take(Slots.LARGE);
        slot.awaitTurn();
        return slot;
    }

    /** Somebody who waits for as long as the test takes. */
    private Thread oneMore(Slots of) throws InterruptedException {
        CountDownLatch taken = new CountDownLatch(1);
        Thread thread = Thread.ofPlatform().start(() -> {
            try (Slots.Slot slot = of.take(Slots.LARGE)) {
                taken.countDown();
                slot.awaitTurn();
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        threads.add(thread);
        taken.await();
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        return thread;
    }

    /** One of four that move, while others wait for them. */
    private Slots.Slot firstOfFour(int waiting) throws InterruptedException {
        Slots.Slot first = moving();
        for (int i = 1; i < 4; i++) {
            moving();
        }
        for (int i = 0; i < waiting; i++) {
            oneMore(slots);
        }
        return first;
    }

    /** A second in which so much is moved. */
    private void second(Slots.Slot slot, int bytes) {
        now.addAndGet(SECOND);
        slot.moved(bytes);
        // Those that were woken look at the rate once more, which must not be in the next second.
        for (Thread thread : threads) {
            while (thread.getState() != Thread.State.WAITING) {
                assertThat(thread.isAlive()).isTrue();
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void moreAtATimeForAsLongAsThatMovesMore() throws InterruptedException {
        Slots.Slot first = firstOfFour(20);
        second(first, 4_000_000);
        assertThat(slots.largeAllowed()).isEqualTo(5);
        second(first, 5_000_000);
        assertThat(slots.largeAllowed()).isEqualTo(6);
        second(first, 5_200_000);
        assertThat(slots.largeAllowed()).isEqualTo(5);

        for (int i = 0; i < 10; i++) {
            second(first, 5_000_000);
            assertThat(slots.largeAllowed()).isEqualTo(5);
        }
        second(first, 5_000_000);
        assertThat(slots.largeAllowed()).isEqualTo(6);
    }

    /** What they wait for is the end of an upload somewhere, or a source that says nothing more. */
    @Test
    void whereNothingMovesMoreAreLetIn() throws InterruptedException {
        Slots looking = new Slots(40, () -> now.addAndGet(SECOND), 1);
        for (int i = 0; i < 4; i++) {
            looking.take(Slots.LARGE).awaitTurn();
        }
        for (int i = 0; i < 20; i++) {
            looking.take(Slots.LARGE).awaitTurn();
        }
        assertThat(looking.largeAllowed()).isGreaterThanOrEqualTo(24);
    }

    @Test
    void aHaltIsNoReasonForMoreWhenBytesMoveAgain() throws InterruptedException {
        Slots.Slot first = firstOfFour(30);
        for (int i = 0; i < 5; i++) {
            second(first, 0);
        }
        assertThat(slots.largeAllowed()).isGreaterThan(8);
        second(first, 4_000_000);
        assertThat(slots.largeAllowed()).isEqualTo(4);

        for (int i = 0; i < 11; i++) {
            second(first, 4_000_000);
        }
        assertThat(slots.largeAllowed()).as("tried again as ever").isEqualTo(5);
        second(first, 5_000_000);
        assertThat(slots.largeAllowed()).isEqualTo(6);
        second(first, 0);
        second(first, 5_000_000);
        assertThat(slots.largeAllowed()).isEqualTo(5);
    }

    @Test
    void whoseBytesAreAllReadLetsTheNextOneIn() throws InterruptedException {
        List<Slots.Slot> four = List.of(moving(), moving(), moving(), moving());
        four.getFirst().allMoved();
        moving();

        Thread again = Thread.ofPlatform().start(() -> {
            try {
                four.getFirst().awaitTurn();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        threads.add(again);
        while (again.getState() != Thread.State.WAITING) {
            assertThat(again.isAlive()).isTrue();
            Thread.onSpinWait();
        }
    }

    @Test
    void whileNobodyWaitsNothingIsLearned() throws InterruptedException {
        Slots.Slot only = moving();
        for (int i = 1; i < 20; i++) {
            second(only, i * 1_000_000);
        }
        assertThat(slots.largeAllowed()).isEqualTo(4);
    }

    @Test
    void largeOnesNeverTakeMorePlacesThanThereAre() throws InterruptedException {
        Slots few = new Slots(2, now::get, 0);
        try (Slots.Slot first = few.take(Slots.LARGE);
                Slots.Slot second = few.take(Slots.LARGE)) {
            first.awaitTurn();
            second.awaitTurn();

            assertThat(few.largeAllowed()).isEqualTo(2);
            oneMoreSmall(few);
        }
    }

    @Test
    void whoWaitsForATurnHoldsNoPlaceOfASmallOne() throws InterruptedException {
        Slots narrow = new Slots(5, now::get, 0);
        List<Slots.Slot> large = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Slots.Slot slot = narrow.take(Slots.LARGE);
            slot.awaitTurn();
            large.add(slot);
        }
        Thread waiting = oneMore(narrow);

        try (Slots.Slot small = narrow.take(1)) {
            small.awaitTurn();
            assertThat(waiting.getState()).isEqualTo(Thread.State.WAITING);
        }

        large.getFirst().close();
        try (Slots.Slot small = narrow.take(1)) {
            small.awaitTurn();
        }
    }

    @Test
    void aSlotThatEndsLetsTheNextOneIn() throws InterruptedException {
        List<Slots.Slot> four = List.of(moving(), moving(), moving(), moving());
        AtomicBoolean in = new AtomicBoolean();
        Thread next = Thread.ofPlatform().start(() -> {
            try {
                moving().close();
                in.set(true);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        threads.add(next);

        four.getFirst().close();
        next.join();

        assertThat(in).isTrue();
    }

    @Test
    void anInterruptWhileWaitingLeavesAsManyPlacesAsThereWere() throws InterruptedException {
        Slots narrow = new Slots(5, now::get, 0);
        for (int i = 0; i < 4; i++) {
            narrow.take(Slots.LARGE).awaitTurn();
        }
        Slots.Slot fifth = narrow.take(Slots.LARGE);

        Thread.currentThread().interrupt();
        assertThatThrownBy(fifth::awaitTurn).isInstanceOf(InterruptedException.class);
        fifth.close();
        fifth.close();

        narrow.take(1).awaitTurn();
        oneMoreSmall(narrow);
    }

    /** All places are taken: another one waits. */
    private void oneMoreSmall(Slots full) {
        Thread thread = Thread.ofPlatform().start(() -> {
            try (Slots.Slot slot = full.take(1)) {
                slot.awaitTurn();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        threads.add(thread);
        while (thread.getState() != Thread.State.WAITING) {
            assertThat(thread.isAlive()).isTrue();
            Thread.onSpinWait();
        }
    }
}
