package io.github.gcrsync.check.drift;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.tasks.OncePer;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Finds out a value once per key, while other threads that need it wait. After an exception, the next thread tries. */
final class Once<K, V> {
    private final OncePer<K> turns = new OncePer<>();
    private final Map<K, V> values = new ConcurrentHashMap<>();

    V get(K key, Supplier<V> work) {
        V known = values.get(key);
        if (known != null) {
            return known;
        }
        try {
            turns.once(key, () -> values.put(key, work.get()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ContentException.Unreachable("interrupted", e);
        }
        return Objects.requireNonNull(values.get(key));
    }
}
