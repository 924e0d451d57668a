package io.github.gcrsync.ledger.changelog;

import io.github.gcrsync.ledger.ImageKey;
import io.github.gcrsync.oci.Digest;
import java.time.Instant;
import java.util.Optional;

/**
 * One event of an image in the git history.
 *
 * @param at to the second; for events without ImageDigests, the time of the commit
 * @param from the earlier digest, for moved, forgotten or pruned images
 * @param destination as the ledger records it; empty if it is not known
 * @param to the new digest, unless forgotten, pruned or recorded without one
 */
public record LogEntry(
        Instant at,
        Event event,
        ImageKey image,
        String destination,
        Optional<Digest> from,
        Optional<Digest> to,
        String commit) {
    public enum Event {
        /** Recorded for the first time, or copied again: to another destination, or because it was missing. */
        MIRRORED,
        /** The tag points to another digest. */
        MOVED,
        /** Listed before, and found at the destination with this digest. */
        ADOPTED,
        /** Recorded, but missing at the destination and not repaired, or left to another namespace's ledger. */
        FORGOTTEN,
        /** Deleted at the destination by {@code gcrsync prune}. */
        PRUNED
    }
}
