package io.github.gcrsync.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class TurnsTest {
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
