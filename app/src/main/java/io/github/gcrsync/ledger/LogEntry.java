package io.github.gcrsync.ledger;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import java.time.Instant;
import java.util.Optional;

/**
 * One event in the life of a tag, as the git history tells it.
 *
 * @param at to the second; for events that no ImageDigests recorded, the time of the commit
 * @param from the digest before, for what moved or was forgotten
 * @param to the digest since, unless forgotten or recorded without one
 */
public record LogEntry(
        Instant at,
        Event event,
        RepositoryName name,
        String tag,
        Optional<Digest> from,
        Optional<Digest> to,
        String commit) {
    public enum Event {
        /** Recorded for the first time, or copied again: to another destination, or because it was missing. */
        MIRRORED,
        /** The tag names another image since. */
        MOVED,
        /** Was listed before, and found at the destination with this digest. */
        ADOPTED,
        /** Recorded, but found missing at the destination and not repaired, or left to another namespace's ledger. */
        FORGOTTEN
    }
}
