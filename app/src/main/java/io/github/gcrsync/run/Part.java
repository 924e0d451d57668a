package io.github.gcrsync.run;

import io.github.gcrsync.content.Store;
import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.plan.Plan;
import io.github.gcrsync.plan.Sides;
import io.github.gcrsync.rule.DestinationNames;

/**
 * What a run does at one destination.
 *
 * @param sides decides when the part must end
 * @param quarantine already applied to the plan
 */
public record Part(
        Plan plan,
        Store destination,
        Sides sides,
        DestinationNames names,
        Ledger ledger,
        Quarantine quarantine,
        RunListener listener) {}
