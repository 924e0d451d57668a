package io.github.gcrsync.tasks;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Runs an action once per key, while other threads that need the same key wait. After a failure, the next thread tries.
 */
public final class OncePer<K> {
    private final Set<K> done = ConcurrentHashMap.newKeySet();
    private final Turns<K> turns = new Turns<>();

    /**
     * Runs the action unless it has already succeeded for this key; concurrent callers wait and do not repeat it.
     *
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public void once(K key, Runnable action) throws InterruptedException {
        while (!done.contains(key)) {
            turns.runOrAwait(key, () -> {
                // Another thread may have finished between the check and the turn.
                if (!done.contains(key)) {
                    action.run();
                    done.add(key);
                }
            });
        }
    }

    public boolean isDone(K key) {
        return done.contains(key);
    }

    /** Treats the action as done for this key. */
    public void skip(K key) {
        done.add(key);
    }

    /** Makes the next caller for this key run the action again. */
    public void forget(K key) {
        done.remove(key);
    }
}
