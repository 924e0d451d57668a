package io.github.gcrsync.rule;

import io.github.gcrsync.content.Listing.ListedTag;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Ages by push date, else by the time a tag was first seen; a tag without either is old enough. */
record KnownAges(Instant now, Map<String, Instant> firstSeen) implements TagAges {
    static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");

    static KnownAges pushed() {
        return new KnownAges(NOW, Map.of());
    }

    static ListedTag tag(String tag, int hoursAgo) {
        return new ListedTag(tag, Optional.empty(), Optional.of(NOW.minus(Duration.ofHours(hoursAgo))));
    }

    static ListedTag undated(String tag) {
        return new ListedTag(tag, Optional.empty());
    }

    @Override
    public Optional<Instant> heldUntil(ListedTag tag, Duration minAge) {
        return TagAges.pushed(tag)
                .or(() -> Optional.ofNullable(firstSeen.get(tag.tag())))
                .map(since -> since.plus(minAge))
                .filter(now::isBefore);
    }
}
