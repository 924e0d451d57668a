package io.github.gcrsync.ledger;

import io.github.gcrsync.oci.Digest;
import java.util.Optional;

/** A change that a run found for one tag and has not committed yet. */
public sealed interface Change {
    String key();

    /** Returns the digest at the destination after this change, if any. */
    Optional<Digest> after();

    /**
     * The destination holds the tag with this digest.
     *
     * @param at seconds since the epoch
     * @param copied whether this run copied it; otherwise it was found there
     */
    record Held(String key, Digest digest, String line, long at, boolean copied) implements Change {
        @Override
        public Optional<Digest> after() {
            return Optional.of(digest);
        }
    }

    record Forgotten(String key) implements Change {
        @Override
        public Optional<Digest> after() {
            return Optional.empty();
        }
    }
}
