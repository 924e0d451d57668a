package io.github.gcrsync.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class TurnsTest {
    private static final Duration SHORT = Duration.ofMillis(20);

    private final Turns<String> turns = new Turns<>();

    @Test
    void runsAloneWhileOthersWaitWithoutRunning() throws InterruptedException {
        CountDownLatch others = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        AtomicInteger runs = new AtomicInteger();
        Thread first = Thread.ofVirtual()
                .start(() -> run(() -> {
                    begun.countDown();
                    await(others);
                    runs.incrementAndGet();
                }));
        begun.await();
        Thread second = Thread.ofVirtual().start(() -> run(runs::incrementAndGet));
        while (second.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        others.countDown();
        first.join();
        second.join();
        assertThat(runs).hasValue(1);
        assertThat(turns.runOrAwait("a", runs::incrementAndGet)).isTrue();
        assertThat(runs).hasValue(2);
    }

    @Test
    void freesKeyAfterFailure() throws InterruptedException {
        IntStream.range(0, 2)
                .forEach(i -> run(() -> {
                    throw new IllegalStateException("no");
                }));
        assertThat(turns.runOrAwait("a", () -> {})).isTrue();
    }

    @Test
    void takesKeyFromThreadThatServesOthers() throws InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        Thread first = Thread.ofVirtual()
                .start(() -> run(Set.of("b"), () -> {
                    begun.countDown();
                    await(end);
                }));
        begun.await();

        assertThat(turns.runOrAwait("a", () -> Set.of("a", "b"), SHORT, () -> {}))
                .isTrue();

        end.countDown();
        first.join();
    }

    @Test
    void waitsForThreadThatServesAll() throws InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        Thread first = Thread.ofVirtual()
                .start(() -> run(Set.of("a", "b"), () -> {
                    begun.countDown();
                    await(end);
                }));
        begun.await();
        AtomicInteger looks = new AtomicInteger();

        // Ends the first thread only after the patience has ended several times.
        assertThat(turns.runOrAwait(
                        "a",
                        () -> {
                            if (looks.incrementAndGet() == 3) {
                                end.countDown();
                            }
                            return Set.of("b");
                        },
                        SHORT,
                        () -> {}))
                .isFalse();

        first.join();
        assertThat(looks.get()).isGreaterThanOrEqualTo(3);
    }

    private void run(Set<String> served, Runnable action) {
        try {
            assertThat(turns.runOrAwait("a", () -> served, SHORT, action)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void run(Runnable action) {
        try {
            boolean ignored = turns.runOrAwait("a", action);
        } catch (InterruptedException | IllegalStateException e) {
            return; // The caller looks at what has run.
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
