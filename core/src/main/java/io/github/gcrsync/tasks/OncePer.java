package io.github.gcrsync.tasks;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;

/**
 * Runs an action once per key, while other threads that need the same key wait. After a failure, the next thread tries.
 */
public final class OncePer<K> {
    private final Set<K> done = ConcurrentHashMap.newKeySet();
    private final ConcurrentMap<K, CountDownLatch> inFlight = new ConcurrentHashMap<>();

    /**
     * Runs the action unless it has already succeeded for this key; concurrent callers wait and do not repeat it.
     *
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public void once(K key, Runnable action) throws InterruptedException {
        lead(key, action);
    }

    /**
     * Runs the action for every caller, one at a time until it has succeeded once for this key, and then concurrently:
     * the first run prepares what makes it cheap for the others.
     *
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public void first(K key, Runnable action) throws InterruptedException {
        if (!lead(key, action)) {
            action.run();
        }
    }

    /** Makes the next caller for this key run the action again. */
    public void forget(K key) {
        done.remove(key);
    }

    /** Returns whether this thread ran the action. */
    private boolean lead(K key, Runnable action) throws InterruptedException {
        CountDownLatch mine = new CountDownLatch(1);
        while (!done.contains(key)) {
            CountDownLatch other = inFlight.putIfAbsent(key, mine);
            if (other != null) {
                other.await();
                continue;
            }
            try {
                if (done.contains(key)) {
                    return false; // Another thread finished between the check and the turn.
                }
                action.run();
                done.add(key);
                return true;
            } finally {
                inFlight.remove(key, mine);
                mine.countDown();
            }
        }
        return false;
    }
}
