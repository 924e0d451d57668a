package io.github.gcrsync.mirror;

import io.github.gcrsync.ledger.Entry;
import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.plan.CopyTask;
import io.github.gcrsync.plan.Plan;
import io.github.gcrsync.rule.DestinationNames;
import java.util.List;

/** A ledger as a run would leave it that does all it plans. */
final class RecordedPlan {
    private RecordedPlan() {}

    /** @param after changed by this */
    static Ledger.Preview in(Ledger after, Plan plan, DestinationNames names) {
        plan.drift().lost().forEach(image -> after.forget(image.name(), image.reference()));
        plan.released().forEach(image -> after.forget(image.name(), image.reference()));
        plan.unrepaired(plan.toCopy()).forEach(task -> after.forget(task.name(), task.tag()));
        plan.waits().record(after);
        after.sighted(plan.marks().changed());
        after.adopt(entries(plan.toAdopt(), names));
        after.record(entries(plan.toCopy(), names));
        return after.preview();
    }

    private static List<Entry> entries(List<CopyTask> tasks, DestinationNames names) {
        return tasks.stream().map(task -> task.entry(names.link(task.to()))).toList();
    }
}
