package io.github.gcrsync.ledger;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import java.time.Instant;

/** What ImageDigests says of one tag; the name is relative to the namespace, times are whole seconds. */
public record Recorded(RepositoryName name, String tag, Digest digest, Instant firstMirrored, Instant lastMoved) {
    /** {@code name:tag}, as ImageList has it. */
    public String image() {
        return name + ":" + tag;
    }
}
