package io.github.gcrsync.check.drift;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What became of the images that drifted.
 *
 * @param repaired images that are sound now
 * @param failed why the others are not
 * @param commit of the ledger, which has forgotten the failed ones
 */
public record RepairReport(Set<String> repaired, Map<String, String> failed, Optional<String> commit) {
    public RepairReport {
        repaired = Set.copyOf(repaired);
        failed = Map.copyOf(failed);
    }
}
