package io.github.gcrsync.run;

import io.github.gcrsync.plan.Plan;

/**
 * What a run is about to do, in numbers of images.
 *
 * @param images of the source that were considered
 * @param failed before anything was copied
 */
public record Workload(int images, int toCopy, int upToDate, int failed) {
    public static Workload of(Plan plan) {
        return new Workload(
                plan.images(),
                plan.toCopy().size(),
                plan.upToDate(),
                plan.failures().size());
    }
}
