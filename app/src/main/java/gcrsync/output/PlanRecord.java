package gcrsync.output;

import gcrsync.ledger.Recorded;
import gcrsync.plan.Forecast;
import gcrsync.plan.Plan;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a sync would do.
 *
 * @param source {@code host/namespace}
 * @param destination as {@code --destination} has it
 * @param lost recorded images that are gone on both sides
 * @param forecast empty if none was wanted
 * @param files the folder with the files that a sync would commit; empty if they could not be written
 */
public record PlanRecord(
        String source,
        String destination,
        Plan plan,
        List<Recorded> lost,
        Optional<Forecast> forecast,
        Optional<Path> files) {
    public PlanRecord {
        lost = List.copyOf(lost);
    }

    /** For programs; docs/guide.md lists the fields. */
    public String json() {
        return JsonPlan.of(this);
    }
}
