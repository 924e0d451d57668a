package io.github.gcrsync.tasks;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;

/**
 * Lets the first of several threads that need the same thing go ahead while the others wait for it. Who waits holds
 * nothing meanwhile. A failure is forgotten: the next one tries by itself.
 */
public final class OncePer<K> {
    private final Set<K> done = ConcurrentHashMap.newKeySet();
    private final ConcurrentMap<K, CountDownLatch> underway = new ConcurrentHashMap<>();

    /**
     * Runs the action if it has not succeeded for this key yet; whoever comes meanwhile waits and then goes on without.
     *
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public void once(K key, Runnable action) throws InterruptedException {
        lead(key, action);
    }

    /**
     * Runs the action for every caller, but until it has succeeded once for this key, for one at a time: the first one
     * prepares what makes it cheap for all others, who then run at the same time.
     *
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public void first(K key, Runnable action) throws InterruptedException {
        if (!lead(key, action)) {
            action.run();
        }
    }

    /** The next one for this key does it anew. */
    public void forget(K key) {
        done.remove(key);
    }

    /** Whether this thread was the one that ran the action. */
    private boolean lead(K key, Runnable action) throws InterruptedException {
        CountDownLatch mine = new CountDownLatch(1);
        while (!done.contains(key)) {
            CountDownLatch other = underway.putIfAbsent(key, mine);
            if (other != null) {
                other.await();
                continue;
            }
            try {
                if (done.contains(key)) {
                    return false; // Somebody else finished between our look and our turn.
                }
                action.run();
                done.add(key);
                return true;
            } finally {
                underway.remove(key, mine);
                mine.countDown();
            }
        }
        return false;
    }
}
