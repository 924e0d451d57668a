package io.github.gcrsync.cluster;

import io.github.gcrsync.cluster.message.Results;
import io.github.gcrsync.run.Dispatch;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Which workers have lost a destination, or the source, since the last image arrived there. One worker may have broken
 * logins or no network; if all find it lost, again and again, it is.
 */
final class Losses {
    /** More than a worker finds at once. */
    private static final int ENOUGH = Worker.TASKS_AT_ONCE + 1;

    private final Map<String, Map<String, Integer>> byPlace = new HashMap<>();

    /** Takes what a worker reports of a place; returns whether that is lost for the workers that live. */
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
