package io.github.gcrsync.mirror;

import io.github.gcrsync.plan.Plan;
import io.github.gcrsync.run.Part;
import io.github.gcrsync.run.RunListener;

/**
 * A plan of a mirror, and who is told about its run.
 *
 * @param isWhole or a part, which other processes complete
 */
public record Planned(Mirror mirror, Plan plan, RunListener listener, boolean isWhole) {
    Part part() {
        return mirror.part(plan, listener, isWhole);
    }
}
