package io.github.gcrsync.plan;

import io.github.gcrsync.content.Listing;
import io.github.gcrsync.ledger.ImageKey;
import io.github.gcrsync.ledger.Recorded;
import io.github.gcrsync.ledger.Sighting;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.rule.Selection;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/** Finds what became of recorded images at the source. */
public final class Sightings {
    private final MirrorRule rule;

    public Sightings(MirrorRule rule) {
        this.rule = rule;
    }

    /**
     * Images of other shards, of repositories that could not be listed or selected from, and images that failed are not
     * among the results: nothing is known about them.
     *
     * @param listing of the source, without the tags of referrers
     * @param gone selected tags that the source lists without a manifest
     * @param failed {@code name:tag} or {@code name} of what could not be read
     * @param each receives the state of each image about which it is known
     */
    public void of(
            Listing listing,
            Selection selection,
            Set<ImageKey> gone,
            Set<String> failed,
            Stream<Recorded> recorded,
            BiConsumer<Recorded, Sighting.State> each) {
        recorded.filter(image -> rule.isInShard(image.name()))
                .forEach(image -> each.accept(image, Sighting.State.SELECTED));
    }
}
