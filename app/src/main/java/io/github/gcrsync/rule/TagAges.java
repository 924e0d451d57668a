package io.github.gcrsync.rule;

import io.github.gcrsync.content.Listing.ListedTag;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What is known about the age of the tags of one repository. */
public interface TagAges {
    /** Holds nothing back, and nothing is too old for it. Only for selections without ages. */
    TagAges NONE = new TagAges() {
        @Override
        public Optional<Instant> heldUntil(ListedTag tag, Duration minAge) {
            return Optional.empty();
        }

        @Override
        public Instant now() {
            return Instant.EPOCH;
        }
    };

    /**
     * Returns until when {@code minAge} holds the tag back; empty if it is old enough. The age counts from
     * {@link #pushed} or from the time when the digest was first seen, never from the time that the image itself
     * contains.
     */
    Optional<Instant> heldUntil(ListedTag tag, Duration minAge);

    /** Whether {@code minAge} does not hold the tag back only because the first run of its repository finds it. */
    default boolean isAccepted(ListedTag tag, Duration minAge) {
        return false;
    }

    Instant now();

    /** Returns the push date of a tag; empty if there is none, or if it is older than the first registry (2013). */
    static Optional<Instant> pushed(ListedTag tag) {
        return tag.pushed().filter(date -> !date.isBefore(Instant.parse("2013-01-01T00:00:00Z")));
    }
}
