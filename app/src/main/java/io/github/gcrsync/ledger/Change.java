package io.github.gcrsync.ledger;

import io.github.gcrsync.oci.Digest;
import java.util.Optional;

/** What a run has found out about one tag and not yet committed. */
public sealed interface Change {
    String key();

    /** The digest that the destination holds after this change, if any. */
    Optional<Digest> after();

    /**
     * The destination holds the tag with this digest.
     *
     * @param at seconds since the epoch
     * @param copied by this run; otherwise it was found there
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
