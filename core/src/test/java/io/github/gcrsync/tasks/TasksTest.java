package io.github.gcrsync.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class TasksTest {
    private static final List<Integer> HUNDRED = IntStream.range(0, 100).boxed().toList();

    @Test
    void processesEveryItemOnceWithinLimit() {
        for (int limit : new int[] {1, 2, 7, 1000}) {
            AtomicInteger running = new AtomicInteger();
            AtomicInteger most = new AtomicInteger();
            ConcurrentLinkedQueue<Integer> done = new ConcurrentLinkedQueue<>();
            Tasks.forEach(HUNDRED, limit, item -> {
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                done.add(item);
                running.decrementAndGet();
            });
            assertThat(done).containsExactlyInAnyOrderElementsOf(HUNDRED);
            assertThat(most.get()).isLessThanOrEqualTo(limit);
        }
    }

    @Test
    void runsItemsConcurrently() {
        CountDownLatch all = new CountDownLatch(5);
        Tasks.forEach(HUNDRED.subList(0, 5), 5, item -> {
            all.countDown();
            try {
                all.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(all.getCount()).isZero();
    }

    @Test
    void finishesItemsInFlightAfterFailure() {
        CountDownLatch failing = new CountDownLatch(1);
        AtomicBoolean otherEnded = new AtomicBoolean();
        AtomicInteger begun = new AtomicInteger();
        assertThatThrownBy(() -> Tasks.forEach(HUNDRED, 2, item -> {
                    begun.incrementAndGet();
                    if (item == 0) {
                        try {
                            failing.await();
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                        otherEnded.set(true);
                    } else {
                        failing.countDown();
                        throw new IllegalArgumentException("item " + item);
                    }
                }))
                .hasMessageStartingWith("item ");
        assertThat(otherEnded).isTrue();
        assertThat(begun.get()).isLessThan(100);
    }

    @Test
    void suppressesFurtherFailures() {
        CountDownLatch both = new CountDownLatch(2);
        assertThatThrownBy(() -> Tasks.forEach(HUNDRED.subList(0, 2), 2, item -> {
                    both.countDown();
                    try {
                        both.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    throw new StackOverflowError("item " + item);
                }))
                .isInstanceOf(StackOverflowError.class)
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
    }

    @Test
    void acceptsFailureSharedByAllItems() {
        IllegalStateException shared = new IllegalStateException("shared");
        assertThatThrownBy(() -> Tasks.forEach(HUNDRED, 50, item -> {
                    throw shared;
                }))
                .isSameAs(shared);
        assertThat(shared.getSuppressed()).isEmpty();
    }

    @Test
    void passesOnInterruptAndKeepsIt() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(3);
        AtomicInteger interrupted = new AtomicInteger();
        AtomicBoolean kept = new AtomicBoolean();
        Thread caller = Thread.ofVirtual().start(() -> {
            Tasks.forEach(HUNDRED.subList(0, 3), 3, item -> {
                begun.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    interrupted.incrementAndGet();
                    Thread.currentThread().interrupt();
                }
            });
            kept.set(Thread.currentThread().isInterrupted());
        });
        begun.await();
        caller.interrupt();
        caller.join();
        assertThat(interrupted).hasValue(3);
        assertThat(kept).isTrue();
    }

    @Test
    void sharesThreadsAmongNestedCallsWithoutDeadlock() {
        AtomicInteger done = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger now = new AtomicInteger();
        List<Integer> twenty = HUNDRED.subList(0, 20);

        Tasks.forEach(
                twenty,
                20,
                a -> Tasks.forEach(
                        twenty,
                        20,
                        b -> Tasks.forEach(twenty, 20, c -> {
                            most.accumulateAndGet(now.incrementAndGet(), Math::max);
                            done.incrementAndGet();
                            now.decrementAndGet();
                        })));

        assertThat(done).hasValue(8000);
        assertThat(most.get()).isLessThanOrEqualTo(257);
    }

    @Test
    void acceptsEmptyList() {
        Tasks.forEach(List.of(), 4, item -> {
            throw new AssertionError();
        });
    }
}
