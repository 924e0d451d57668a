package io.github.gcrsync.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class OncePerTest {
    private final OncePer<String> once = new OncePer<>();
    private final AtomicInteger runs = new AtomicInteger();

    @FunctionalInterface
    private interface Step {
        void run() throws InterruptedException;
    }

    /** Returns the messages of the failures. */
    private static List<String> together(int threads, Step step) throws InterruptedException {
        ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            all.add(Thread.ofVirtual().start(() -> {
                try {
                    step.run();
                } catch (InterruptedException | RuntimeException e) {
                    failures.add(String.valueOf(e.getMessage()));
                }
            }));
        }
        for (Thread thread : all) {
            thread.join();
        }
        return List.copyOf(failures);
    }

    @Test
    void runsOnceWhileOthersWait() throws InterruptedException {
        AtomicInteger finished = new AtomicInteger();
        List<String> failures = together(200, () -> {
            once.once("a", () -> {
                runs.incrementAndGet();
                finished.incrementAndGet();
            });
            if (finished.get() != 1) {
                throw new IllegalStateException("went on too early");
            }
        });
        assertThat(failures).isEmpty();
        assertThat(runs).hasValue(1);
    }

    @Test
    void retriesInWaitingThreadAfterFailure() throws InterruptedException {
        List<String> failures = together(
                50,
                () -> once.once("a", () -> {
                    if (runs.incrementAndGet() <= 3) {
                        throw new IllegalStateException("not yet");
                    }
                }));
        assertThat(failures).containsExactly("not yet", "not yet", "not yet");
        assertThat(runs).hasValue(4);
    }

    @Test
    void letsEveryThreadTryIfAllFail() throws InterruptedException {
        List<String> failures = together(
                50,
                () -> once.once("a", () -> {
                    runs.incrementAndGet();
                    throw new IllegalStateException("never");
                }));
        assertThat(failures).hasSize(50);
        assertThat(runs).hasValue(50);
        assertThat(once.isDone("a")).isFalse();
    }

    @Test
    void treatsSkippedKeyAsDone() throws InterruptedException {
        once.skip("a");
        once.once("a", runs::incrementAndGet);
        assertThat(once.isDone("a")).isTrue();
        assertThat(runs).hasValue(0);
    }

    @Test
    void runsDifferentKeysConcurrently() throws InterruptedException {
        once.once("a", () -> {
            try {
                together(1, () -> once.once("b", runs::incrementAndGet));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(runs).hasValue(1);
    }

    @Test
    void runsAgainAfterForget() throws InterruptedException {
        once.once("a", runs::incrementAndGet);
        once.once("a", runs::incrementAndGet);
        once.forget("a");
        once.once("a", runs::incrementAndGet);
        assertThat(runs).hasValue(2);
    }

    @Test
    void canBeInterruptedWhileWaiting() throws InterruptedException {
        CountDownLatch leading = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Thread leader = Thread.ofVirtual().start(() -> {
            try {
                once.once("a", () -> {
                    leading.countDown();
                    try {
                        end.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        leading.await();
        AtomicReference<String> outcome = new AtomicReference<>("");
        Thread follower = Thread.ofVirtual().start(() -> {
            try {
                once.once("a", runs::incrementAndGet);
                outcome.set("went on");
            } catch (InterruptedException e) {
                outcome.set("interrupted");
            }
        });
        follower.interrupt();
        follower.join();
        end.countDown();
        leader.join();
        assertThat(outcome).hasValue("interrupted");
        assertThat(runs).hasValue(0);
    }
}
