package io.github.gcrsync.plan;

import io.github.gcrsync.ledger.ImageKey;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;

/**
 * One image to copy.
 *
 * @param from the full repository name at the source
 * @param name the same relative to the source, as in the ledger
 * @param tag or the digest of an image without a tag
 * @param digest of the tag at the source
 * @param isPinned whether to copy this digest even if the tag moves
 * @param to the full repository name at the destination
 * @param toTag the tag there, or the digest of an image without a tag
 */
public record CopyTask(
        RepositoryName from,
        RepositoryName name,
        String tag,
        Digest digest,
        boolean isPinned,
        RepositoryName to,
        String toTag,
        Reason reason)
        implements ImageTask {
    /** Returns the key in the ledger. */
    @Override
    public String image() {
        return ImageKey.text(name, tag);
    }

    @Override
    public String target() {
        return ImageKey.text(to, toTag);
    }

    CopyTask because(Reason other) {
        return new CopyTask(from, name, tag, digest, isPinned, to, toTag, other);
    }

    /** Returns a task for the recorded digest, wherever the tag points to now. */
    CopyTask pinnedTo(Digest recorded) {
        return new CopyTask(from, name, tag, recorded, true, to, toTag, reason);
    }

    public CopyTask withDigest(Digest moved) {
        return new CopyTask(from, name, tag, moved, isPinned, to, toTag, reason);
    }
}
