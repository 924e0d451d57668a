package io.github.gcrsync.plan;

import io.github.gcrsync.ledger.Recorded;
import io.github.gcrsync.oci.RepositoryName;
import java.util.List;
import java.util.Set;

/**
 * Where the destination differs from the ledger, as far as it was checked.
 *
 * @param wronglyRecorded recorded images that are missing, have another digest or are incomplete
 * @param lost the same for images outside the plan, which no run can restore
 * @param emptyRepositories destination repositories without tags, so without content to reuse
 */
public record Drift(List<CopyTask> wronglyRecorded, List<Recorded> lost, Set<RepositoryName> emptyRepositories) {
    public static final Drift UNKNOWN = new Drift(List.of(), List.of(), Set.of());

    public Drift {
        wronglyRecorded = List.copyOf(wronglyRecorded);
        lost = List.copyOf(lost);
        emptyRepositories = Set.copyOf(emptyRepositories);
    }
}
