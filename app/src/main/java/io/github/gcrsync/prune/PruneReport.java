package io.github.gcrsync.prune;

import io.github.gcrsync.plan.Failure;
import java.util.List;
import java.util.Optional;

/**
 * What was deleted, or would be.
 *
 * @param deletions in order of name
 * @param staying images that are due and stay, in order of name
 * @param failures what could not be deleted or looked at
 * @param manifests number of them
 * @param bytes at a registry an estimate: what no other image of the same repository needs, and what is freed once the
 *     registry collects its garbage
 * @param isApplied false for a plan
 * @param cannotDelete whether the registry deletes nothing at all
 * @param abandoned why the prune ended early: the destination or the ledger failed as a whole
 * @param commit of the ledger, if anything changed
 */
public record PruneReport(
        Due due,
        List<Deletion> deletions,
        List<Staying> staying,
        List<Failure> failures,
        int manifests,
        long bytes,
        boolean isApplied,
        boolean cannotDelete,
        Optional<String> abandoned,
        Optional<String> commit) {
    public PruneReport {
        deletions = List.copyOf(deletions);
        staying = List.copyOf(staying);
        failures = List.copyOf(failures);
    }

    /** Returns the number of images that are, or would be, deleted now; some are missing already. */
    public long deleted() {
        return deletions.stream()
                .filter(deletion -> deletion.kind() != Deletion.Kind.MISSING)
                .count();
    }

    /** Whether deletions failed or were impossible. */
    public boolean isIncomplete() {
        return !failures.isEmpty() || cannotDelete;
    }
}
