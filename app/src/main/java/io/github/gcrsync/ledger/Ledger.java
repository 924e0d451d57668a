package io.github.gcrsync.ledger;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.oci.Tag;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The records of one mirror at one destination, as one run reads and extends them. All methods are thread-safe and
 * throw {@link LedgerException} if the records cannot be read or written.
 */
public interface Ledger {
    /**
     * Returns what the destination is known to hold; empty if the image is only listed, or recorded for another
     * destination.
     *
     * @param reference a tag or a digest
     */
    Optional<DigestTable.Row> row(RepositoryName name, String reference);

    /** Returns the digest of {@link #row}. */
    default Optional<Digest> mirrored(RepositoryName name, String reference) {
        return row(name, reference).map(DigestTable.Row::digest);
    }

    /** Whether the destination may lack the image although it is recorded. */
    default boolean isToCheck(RepositoryName name, String reference) {
        return row(name, reference).filter(row -> row.attributes().areToCheck()).isPresent();
    }

    /** Whether this digest is recorded and the destination need not be asked for it. */
    default boolean has(RepositoryName name, String reference, Digest digest) {
        return row(name, reference)
                .filter(row -> row.digest().equals(digest))
                .filter(row -> !row.attributes().areToCheck())
                .isPresent();
    }

    /** Whether this digest of a tag is recorded for any destination of the mirror, of other runs as of the last checkpoint. */
    boolean mirroredAnywhere(RepositoryName name, String tag, Digest digest);

    /** Returns the rule of this run, which it records with its images: see {@link Attributes#rule}. */
    String contentRule();

    /** Whether the tag was ever mirrored, to any destination and with any digest. Digests are never listed. */
    boolean listed(RepositoryName name, String reference);

    /**
     * Whether any image of the repository is recorded for this destination, listed or held back. The first run of a
     * repository counts what it finds as old enough.
     */
    boolean knows(RepositoryName name);

    /** Returns when this digest of a tag that is held back was first seen at the source; empty if it is not held back. */
    Optional<Instant> seen(RepositoryName name, String tag, Digest digest);

    /** Returns every image whose digest is recorded for this destination, in sorted order. */
    Stream<Recorded> recorded();

    /** Returns the ledgers of other namespaces in the same repository, as of the last checkpoint. */
    List<OtherLedger> others();

    /** Adds images that were copied and confirmed by the destination. They are no longer held back. */
    void record(Collection<Entry> entries);

    /** Adds images that the destination already had. They are no longer held back. */
    void adopt(Collection<Entry> entries);

    /**
     * Removes the digest of an image that is missing at the destination; a tag stays listed, so that the next run checks
     * it again.
     */
    void forget(RepositoryName name, String reference);

    /**
     * Records what became of recorded images at the source, for this destination. An image that is gone or unselected
     * already keeps its time; one that is not recorded is ignored.
     */
    void sighted(Collection<Sighting> images);

    /**
     * Removes images that were deleted at the destination; a tag stays listed. An image that was recorded with another
     * digest meanwhile stays.
     *
     * @param wereMissing whether they were deleted before this run, at an unknown time
     */
    void pruned(Collection<Recorded> images, boolean wereMissing);

    /** Returns the tags that are held back, with the digests that were seen, in sorted order. */
    Stream<HeldBack> held();

    /**
     * Records that the tags are held back, for all destinations of the mirror. A digest that is held back already keeps its
     * time; a tag has one digest, and another one begins now.
     */
    void hold(Collection<HeldBack> tags);

    /**
     * Records that these digests are old enough whenever they will be mirrored: {@link #seen} returns the epoch. They are
     * remembered like those of tags that are held back.
     */
    void accept(Collection<HeldBack> tags);

    /** Records that the tag is not held back; {@link #record} and {@link #adopt} do this too, with any digest. */
    void release(RepositoryName name, String tag);

    /**
     * Commits the changes since the last checkpoint, and pushes them if the ledger has a remote. If the push fails, the
     * commit stays on this machine, and the next checkpoint or run pushes it.
     */
    Published checkpoint();

    /** Computes the files that a checkpoint would write; writes nothing. */
    Preview preview();

    /** A tag that is too young to be mirrored, with its digest at the source; the name is relative to the source. */
    record HeldBack(RepositoryName name, String tag, Digest digest) {
        /** @throws IllegalArgumentException if the tag is not valid */
        public HeldBack {
            Tag.checked(tag);
        }

        /** @param key {@code name:tag} */
        public static HeldBack of(String key, Digest digest) {
            ImageKey image = ImageKey.parse(key).orElseThrow();
            return new HeldBack(image.name(), image.reference(), digest);
        }

        /** Returns {@code name:tag}. */
        public String key() {
            return ImageKey.text(name, tag);
        }
    }

    /**
     * The content of the files after a checkpoint.
     *
     * @param seen empty if no tag is held back
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Preview(byte[] imageList, byte[] readme, byte[] imageDigests, byte[] seen) {}
}
