package io.github.gcrsync.plan;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;

/**
 * One image to copy.
 *
 * @param from the full repository name at the source
 * @param name the same relative to the namespace, as in the ledger
 * @param digest of the tag at the source
 * @param to the full repository name at the destination
 * @param toTag the tag there
 */
public record CopyTask(
        RepositoryName from,
        RepositoryName name,
        String tag,
        Digest digest,
        RepositoryName to,
        String toTag,
        Reason reason) {
    /** Returns {@code name:tag}, as in ImageList. */
    public String image() {
        return name + ":" + tag;
    }

    CopyTask because(Reason other) {
        return new CopyTask(from, name, tag, digest, to, toTag, other);
    }

    public CopyTask withDigest(Digest moved) {
        return new CopyTask(from, name, tag, moved, to, toTag, reason);
    }
}
