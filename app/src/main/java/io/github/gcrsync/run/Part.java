package io.github.gcrsync.run;

import io.github.gcrsync.content.Store;
import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.plan.Plan;
import io.github.gcrsync.plan.Sides;
import io.github.gcrsync.rule.DestinationNames;
import io.github.gcrsync.run.quarantine.Quarantine;

/**
 * What a run does at one destination.
 *
 * @param place names the destination among those of the mirror, in all processes
 * @param sides decides when the part must end
 * @param quarantine already applied to the plan
 */
public record Part(
        Plan plan,
        String place,
        Store destination,
        Sides sides,
        DestinationNames names,
        Ledger ledger,
        Quarantine quarantine,
        RunListener listener) {
    /** Names the server of the destination: what it has can be mounted by other destinations there. */
    String server() {
        return destination.authority().orElse(place);
    }
}
