package io.github.gcrsync.plan;

import io.github.gcrsync.ledger.Recorded;
import io.github.gcrsync.oci.RepositoryName;
import java.util.List;
import java.util.Set;

/**
 * Where the destination is not what the ledger says, as far as it was looked at.
 *
 * @param wronglyRecorded what the destination does not hold, or holds with another digest or without all of its content
 * @param lost the same of images that the plan does not name, so that no run can bring them back
 * @param emptyRepositories of the destination, which hold no parts of an image
 */
public record Drift(List<CopyTask> wronglyRecorded, List<Recorded> lost, Set<RepositoryName> emptyRepositories) {
    public static final Drift UNKNOWN = new Drift(List.of(), List.of(), Set.of());

    public Drift {
        wronglyRecorded = List.copyOf(wronglyRecorded);
        lost = List.copyOf(lost);
        emptyRepositories = Set.copyOf(emptyRepositories);
    }
}
