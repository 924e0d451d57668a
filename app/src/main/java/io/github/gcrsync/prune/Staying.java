package io.github.gcrsync.prune;

import io.github.gcrsync.oci.Digest;

/** An image that would be deleted, but for this reason. */
public record Staying(String image, Digest digest, String reason) {
    static Staying because(DueImage due, String reason) {
        return new Staying(due.name(), due.digest(), reason);
    }
}
