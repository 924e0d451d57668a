package io.github.gcrsync.check.drift;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What became of the images that drifted.
 *
 * @param repaired images that are sound now
 * @param failed why the others are not
 * @param unchecked images that are neither repaired nor known to drift, because they could not be checked
 * @param forgotten those of the failed that nobody can repair: the ledger has forgotten their digests. A repair that could
 *     not be tried, such as of a source that is unreachable, forgets nothing
 * @param commit of the ledger, if it has forgotten any
 */
public record RepairReport(
        Set<String> repaired,
        Map<String, String> failed,
        Set<String> unchecked,
        Set<String> forgotten,
        Optional<String> commit) {
    public RepairReport {
        repaired = Set.copyOf(repaired);
        failed = Map.copyOf(failed);
        unchecked = Set.copyOf(unchecked);
        forgotten = Set.copyOf(forgotten);
    }
}
