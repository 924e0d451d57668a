package io.github.gcrsync.ledger;

import io.github.gcrsync.oci.Digest;
import org.jspecify.annotations.Nullable;

/** A change that a run found for one image and has not committed yet. */
public sealed interface Change {
    /** Returns {@code name:tag} or {@code name@digest}. */
    String key();

    /** Returns the row of ImageDigests after this change, or null if there is none. */
    default DigestTable.@Nullable Row after(DigestTable.@Nullable Row before) {
        return before;
    }

    /** Returns the row of Seen after this change, or null if there is none. */
    DigestTable.@Nullable Row seenAfter(DigestTable.@Nullable Row before);

    /**
     * The destination holds the image with this digest.
     *
     * @param line of the changelog
     * @param at seconds since the epoch
     * @param copied whether this run copied it; otherwise it was found there
     * @param isCheck whether the run knew that the image was to be checked; another one may have found it before it was
     *     deleted
     * @param attributes of the digest, with the run's rule
     */
    record Confirmed(
            String key, Digest digest, String line, long at, boolean copied, boolean isCheck, Attributes attributes)
            implements Change {
        public static Confirmed of(Entry entry, String line, long at, boolean copied, boolean isCheck, String rule) {
            return new Confirmed(
                    entry.key(),
                    entry.digest(),
                    line,
                    at,
                    copied,
                    isCheck,
                    entry.attributes().withRule(rule));
        }

        /** Whether the image has no tag; ImageList has only tags. */
        boolean isByDigest() {
            return key.indexOf('@') >= 0;
        }

        /** A row that another run recorded later stays. Attributes describe the digest: one that moved starts anew. */
        @Override
        public DigestTable.Row after(DigestTable.@Nullable Row before) {
            if (before != null && before.moved() > at) {
                return before;
            }
            if (before == null || !before.digest().equals(digest)) {
                Attributes by = copied ? Attributes.BY_COPIED : Attributes.BY_ADOPTED;
                return new DigestTable.Row(digest, before == null ? at : before.first(), at, attributes.with(by));
            }
            Attributes kept = before.attributes()
                    .without(Attributes.RULE)
                    .without(Attributes.AS)
                    .without(Attributes.REFS)
                    .without(Attributes.CHECK)
                    .sighted(Sighting.State.SELECTED, at)
                    .with(attributes.without(Attributes.BY));
            Attributes now = copied ? kept.with(Attributes.BY_COPIED) : kept;
            boolean isChecked = isCheck || !before.attributes().areToCheck();
            return new DigestTable.Row(digest, before.first(), before.moved(), isChecked ? now : now.toCheck());
        }

        /** A mirrored tag is no longer held back, whatever its digest. */
        @Override
        public DigestTable.@Nullable Row seenAfter(DigestTable.@Nullable Row before) {
            return null;
        }
    }

    /** The destination lacks the image with this digest; what another run has recorded since stays. */
    record Forgotten(String key, Digest digest) implements Change {
        @Override
        public DigestTable.@Nullable Row after(DigestTable.@Nullable Row before) {
            return before != null && before.digest().equals(digest) ? null : before;
        }

        @Override
        public DigestTable.@Nullable Row seenAfter(DigestTable.@Nullable Row before) {
            return before;
        }
    }

    /**
     * The image was found in this state at the source.
     *
     * @param at seconds since the epoch
     */
    record Sighted(String key, Sighting.State state, long at) implements Change {
        /** What another run recorded later stays. */
        @Override
        public DigestTable.@Nullable Row after(DigestTable.@Nullable Row before) {
            return before == null || before.moved() > at
                    ? before
                    : new DigestTable.Row(
                            before.digest(),
                            before.first(),
                            before.moved(),
                            before.attributes().sighted(state, at));
        }

        @Override
        public DigestTable.@Nullable Row seenAfter(DigestTable.@Nullable Row before) {
            return before;
        }
    }

    /**
     * The image was deleted at the destination.
     *
     * @param wasMissing whether it was before this run, at an unknown time
     */
    record Pruned(String key, Digest digest, boolean wasMissing) implements Change {
        @Override
        public DigestTable.@Nullable Row after(DigestTable.@Nullable Row before) {
            return before != null && before.digest().equals(digest) ? null : before;
        }

        @Override
        public DigestTable.@Nullable Row seenAfter(DigestTable.@Nullable Row before) {
            return before;
        }
    }

    /**
     * The tag is held back.
     *
     * @param at seconds since the epoch
     */
    record FirstSeen(String key, Digest digest, long at) implements Change {
        /** If another run has seen the digest too, the earlier time stays. */
        @Override
        public DigestTable.Row seenAfter(DigestTable.@Nullable Row before) {
            return before != null && before.digest().equals(digest) && before.moved() <= at
                    ? before
                    : new DigestTable.Row(digest, at, at, Attributes.NONE);
        }
    }

    /** The tag is no longer held back. */
    record Released(String key) implements Change {
        @Override
        public DigestTable.@Nullable Row seenAfter(DigestTable.@Nullable Row before) {
            return null;
        }
    }
}
