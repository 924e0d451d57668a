package io.github.gcrsync.plan;

import io.github.gcrsync.ledger.Attributes;
import io.github.gcrsync.ledger.DigestTable;
import io.github.gcrsync.ledger.Entry;
import io.github.gcrsync.ledger.ImageKey;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import java.util.Optional;

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
 * @param as the digest there, as far as it is known to differ
 */
public record CopyTask(
        RepositoryName from,
        RepositoryName name,
        String tag,
        Digest digest,
        boolean isPinned,
        RepositoryName to,
        String toTag,
        Reason reason,
        Optional<Digest> as)
        implements ImageTask {
    public CopyTask(
            RepositoryName from,
            RepositoryName name,
            String tag,
            Digest digest,
            boolean isPinned,
            RepositoryName to,
            String toTag,
            Reason reason) {
        this(from, name, tag, digest, isPinned, to, toTag, reason, Optional.empty());
    }

    /** Returns the key in the ledger. */
    @Override
    public String image() {
        return ImageKey.text(name, tag);
    }

    @Override
    public String target() {
        return ImageKey.text(to, toTag);
    }

    /** @param link to the image, for the changelog */
    public Entry entry(String link) {
        return new Entry(name, tag, digest, link, as.map(Attributes::storedAs).orElse(Attributes.NONE));
    }

    CopyTask because(Reason other) {
        return new CopyTask(from, name, tag, digest, isPinned, to, toTag, other, as);
    }

    /** Returns a task for the recorded digest, wherever the tag points to now. */
    CopyTask pinnedTo(Digest recorded) {
        return new CopyTask(from, name, tag, recorded, true, to, toTag, reason);
    }

    CopyTask pinned() {
        return new CopyTask(from, name, tag, digest, true, to, toTag, reason, as);
    }

    /** Returns the task with the digest at the destination that is recorded for its own. */
    CopyTask storedAs(DigestTable.Row row) {
        return row.attributes().as().map(this::storedAs).orElse(this);
    }

    /** @param stored the digest at the destination */
    public CopyTask storedAs(Digest stored) {
        Optional<Digest> other = Optional.of(stored).filter(known -> !known.equals(digest));
        return new CopyTask(from, name, tag, digest, isPinned, to, toTag, reason, other);
    }

    /** Returns the digest at the destination. */
    public Digest stored() {
        return as.orElse(digest);
    }

    /** Returns the tag at the destination, or the digest of an image without a tag there. */
    public String reference() {
        return toTag.equals(digest.value()) ? stored().value() : toTag;
    }

    public CopyTask withDigest(Digest moved) {
        return new CopyTask(from, name, tag, moved, isPinned, to, toTag, reason);
    }
}
