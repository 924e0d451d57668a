package io.github.gcrsync.plan;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;

/**
 * One image to bring over.
 *
 * @param from the repository at the source, its whole name
 * @param name the same relative to the namespace: what the ledger calls it
 * @param digest what the tag points to at the source
 * @param to the repository at the destination, its whole name
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
    /** {@code name:tag}, as ImageList has it. */
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
