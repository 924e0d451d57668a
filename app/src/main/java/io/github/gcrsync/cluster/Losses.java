package io.github.gcrsync.cluster;

import io.github.gcrsync.cluster.message.Results;
import io.github.gcrsync.run.Dispatch;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts how often each worker has lost a destination, or the source, since the last image arrived there. A single worker
 * may have broken logins or no network, so a run gives up only when every live worker reports the loss repeatedly.
 */
final class Losses {
    /** More than the tasks that one worker runs at the same time, so that each worker has tried again. */
    private static final int ENOUGH = RunTasks.AT_ONCE + 1;

    private final Map<String, Map<String, Integer>> byPlace = new HashMap<>();

    /** Records a worker's report on a destination; returns whether all live workers have lost it. */
    boolean areEnough(String worker, Results.Part part, Collection<String> living) {
        if (part.images().stream().anyMatch(image -> image.result() instanceof Dispatch.Result.Copied)) {
            byPlace.remove(part.place());
        }
        if (part.lost().isEmpty()) {
            return false;
        }
        Map<String, Integer> times = byPlace.computeIfAbsent(part.place(), _ -> new HashMap<>());
        times.merge(worker, 1, Integer::sum);
        return times.getOrDefault(worker, 0) >= ENOUGH
                && living.stream().allMatch(name -> times.getOrDefault(name, 0) >= ENOUGH);
    }
}
