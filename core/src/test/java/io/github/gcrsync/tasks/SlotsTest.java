package io.github.gcrsync.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Limits large blobs separately, while small blobs overtake them. */
@Timeout(60)
final class SlotsTest {
    private static final int PLACES = Slots.MOST_LARGE + 1;

    private final Slots slots = new Slots(PLACES);
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

    private List<Slots.Slot> allMoving() throws InterruptedException {
        List<Slots.Slot> all = new ArrayList<>();
        while (all.size() < Slots.MOST_LARGE) {
            all.add(moving());
        }
        return all;
    }

    /** Starts a thread that waits until the end of the test. */
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

    @Test
    void admitsNextBlobWhenAllBytesAreRead() throws InterruptedException {
        List<Slots.Slot> all = allMoving();
        all.getFirst().allMoved();
        moving();

        Thread again = Thread.ofPlatform().start(() -> {
            try {
                all.getFirst().awaitTurn();
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
    void limitsLargeBlobsToTheSlots() throws InterruptedException {
        Slots few = new Slots(2);
        try (Slots.Slot first = few.take(Slots.LARGE);
                Slots.Slot second = few.take(Slots.LARGE)) {
            first.awaitTurn();
            second.awaitTurn();

            oneMoreSmall(few);
        }
    }

    @Test
    void waitsForTurnWithoutHoldingSlot() throws InterruptedException {
        List<Slots.Slot> large = allMoving();
        Thread waiting = oneMore(slots);

        try (Slots.Slot small = slots.take(1)) {
            small.awaitTurn();
            assertThat(waiting.getState()).isEqualTo(Thread.State.WAITING);
        }

        large.getFirst().close();
        try (Slots.Slot small = slots.take(1)) {
            small.awaitTurn();
        }
    }

    @Test
    void admitsNextBlobWhenSlotIsClosed() throws InterruptedException {
        List<Slots.Slot> all = allMoving();
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

        all.getFirst().close();
        next.join();

        assertThat(in).isTrue();
    }

    @Test
    void keepsNumberOfSlotsAfterInterrupt() throws InterruptedException {
        allMoving();
        Slots.Slot next = slots.take(Slots.LARGE);

        Thread.currentThread().interrupt();
        assertThatThrownBy(next::awaitTurn).isInstanceOf(InterruptedException.class);
        next.close();
        next.close();

        slots.take(1).awaitTurn();
        oneMoreSmall(slots);
    }

    /** Checks that all slots are taken: another blob waits. */
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
