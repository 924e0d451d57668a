package io.github.gcrsync.ledger;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import java.time.Instant;

/** The row of one tag in ImageDigests; the name is relative to the namespace, times are whole seconds. */
public record Recorded(RepositoryName name, String tag, Digest digest, Instant firstMirrored, Instant lastMoved) {
    /** Returns {@code name:tag}, as in ImageList. */
    public String image() {
        return name + ":" + tag;
    }
}
