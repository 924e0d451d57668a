package io.github.gcrsync.tasks;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Gives each key to one thread at a time. */
public final class Turns<K> {
    private final ConcurrentMap<K, Turn> taken = new ConcurrentHashMap<>();

    private record Turn(Supplier<? extends Set<?>> served, CountDownLatch ended) {}

    @FunctionalInterface
    private interface Wait {
        boolean hasEnded(Turn other) throws InterruptedException;
    }

    /**
     * Runs the action if the key is free; otherwise waits until the thread that has the key has ended.
     *
     * @return whether this thread ran the action
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public boolean runOrAwait(K key, Runnable action) throws InterruptedException {
        return run(
                key,
                Set::of,
                other -> {
                    other.ended.await();
                    return true;
                },
                action);
    }

    /**
     * Runs like {@link #runOrAwait(Object, Runnable)}, but takes the key from a thread that has not ended within the
     * patience and does not serve all that this one serves.
     *
     * @param served what the action acts for; if it becomes empty, waiting ends soon
     */
    public boolean runOrAwait(K key, Supplier<? extends Set<?>> served, Duration patience, Runnable action)
            throws InterruptedException {
        return run(
                key,
                served,
                other -> {
                    while (!other.ended.await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                        Set<?> own = served.get();
                        if (!other.served.get().containsAll(own)) {
                            return false;
                        }
                        if (own.isEmpty()) {
                            return true;
                        }
                    }
                    return true;
                },
                action);
    }

    private boolean run(K key, Supplier<? extends Set<?>> served, Wait wait, Runnable action)
            throws InterruptedException {
        Turn mine = new Turn(served, new CountDownLatch(1));
        Turn other = taken.putIfAbsent(key, mine);
        if (other != null && (wait.hasEnded(other) || !taken.replace(key, other, mine))) {
            return false;
        }
        try {
            action.run();
            return true;
        } finally {
            taken.remove(key, mine);
            mine.ended.countDown();
        }
    }
}
