package io.github.gcrsync.tasks;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;

/** Gives each key to one thread at a time. */
public final class Turns<K> {
    private final ConcurrentMap<K, CountDownLatch> taken = new ConcurrentHashMap<>();

    /**
     * Runs the action if the key is free; otherwise waits until the thread that has the key has ended.
     *
     * @return whether this thread ran the action
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public boolean runOrAwait(K key, Runnable action) throws InterruptedException {
        CountDownLatch mine = new CountDownLatch(1);
        CountDownLatch other = taken.putIfAbsent(key, mine);
        if (other != null) {
            other.await();
            return false;
        }
        try {
            action.run();
            return true;
        } finally {
            taken.remove(key, mine);
            mine.countDown();
        }
    }
}
