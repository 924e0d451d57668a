package io.github.gcrsync.cluster;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;

/**
 * The portion of this worker of the limits that a mirror sets: those who copy for the mirror at the moment have equal
 * portions. While the database cannot be asked, they keep theirs.
 */
public final class Portions {
    private final Map<String, Integer> workers = new ConcurrentHashMap<>();

    /** Returns the portion of a mirror's limits, more than 0 and at most 1. */
    public DoubleSupplier of(String mirror) {
        return () -> 1.0 / Math.max(1, workers.getOrDefault(mirror, 1));
    }

    void refresh(Database database) {
        Map<String, Integer> now =
                database.counts("select dispatch.mirror, count(distinct task.picked_by) from gcrsync.task"
                        + " join gcrsync.dispatch on dispatch.run = split_part(task.task_instance, '/', 1)"
                        + " where task.picked group by dispatch.mirror");
        workers.keySet().retainAll(now.keySet());
        workers.putAll(now);
    }

    /** Counts this worker in before it begins to copy for the mirror. */
    void refreshFor(String mirror, Database database) {
        if (!workers.containsKey(mirror)) {
            try {
                refresh(database);
            } catch (DatabaseException e) {
                workers.putIfAbsent(mirror, 1);
            }
        }
    }
}
