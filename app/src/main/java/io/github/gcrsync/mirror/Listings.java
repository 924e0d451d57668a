package io.github.gcrsync.mirror;

import io.github.gcrsync.content.Listing;
import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.plan.DatedListing;
import io.github.gcrsync.plan.KnownDigests;
import io.github.gcrsync.plan.ReferrerTags;
import io.github.gcrsync.plan.Share;
import io.github.gcrsync.plan.Sides;
import io.github.gcrsync.plan.SourceListing;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.rule.TagAges;
import io.github.gcrsync.rule.TagSelection.Decision;
import io.github.gcrsync.rule.UnmatchedPatterns;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the stores of a mirror list, in the form that its rule needs. */
final class Listings {
    private static final Logger LOG = LoggerFactory.getLogger(Listings.class);

    private final MirrorRule rule;
    private final Store source;
    private final KnownDigests known;
    private final Store destination;
    private final int requestsInFlight;
    private @Nullable ReferrerTags referrerTags;
    private int others;

    Listings(MirrorRule rule, Store source, KnownDigests known, Store destination, int requestsInFlight) {
        this.rule = rule;
        this.source = source;
        this.known = known;
        this.destination = destination;
        this.requestsInFlight = requestsInFlight;
    }

    /** Lists the source, and warns of patterns that match nothing. */
    DatedListing sourceWithWarnings() {
        DatedListing listing = source();
        if (!rule.shard().isWhole()) {
            return listing; // What a pattern matches may be in another shard.
        }
        UnmatchedPatterns.of(rule, listing.listing())
                .forEach(pattern ->
                        LOG.warn("{}the pattern {} matches nothing at {}", rule.prefix(), pattern, rule.source()));
        return listing;
    }

    DatedListing source() {
        return Sides.on(Side.SOURCE, () -> {
            Listing complete = SourceListing.of(source, rule);
            others = (int) complete.others().stream()
                    .filter(name -> rule.selection().mayInclude(rule.source().relative(name)))
                    .count();
            Listing images = withoutReferrers(complete);
            return known.listing(() -> DatedListing.of(source, rule, images, requestsInFlight));
        });
    }

    /** Lists one repository of the source; its name is relative to the source. */
    private DatedListing ofSource(RepositoryName name) {
        return Sides.on(Side.SOURCE, () -> {
            Listing images = withoutReferrers(SourceListing.ofOne(source, rule, name));
            return DatedListing.of(source, rule, images, requestsInFlight);
        });
    }

    /** Returns the decision for each tag of one repository of the source; empty if it has no such repository. */
    Map<String, Decision> decisions(RepositoryName name, TagAges ages) {
        DatedListing dated = ofSource(name);
        List<ListedTag> tags = dated.listing().repositories().stream()
                .flatMap(repository -> repository.tags().stream())
                .toList();
        Map<String, Decision> decisions = rule.selection().decide(name, tags, ages);
        dated.unread()
                .forEach((image, reason) ->
                        decisions.computeIfPresent(image.reference(), (_, decision) -> decision.unread(reason)));
        return decisions;
    }

    /** Takes over what another process has listed. */
    void take(Listing listing) {
        var _ = withoutReferrers(listing);
    }

    private Listing withoutReferrers(Listing complete) {
        ReferrerTags tags = ReferrerTags.of(rule, source, complete);
        referrerTags = tags;
        return tags.images();
    }

    /** Returns what is left to other shards by the latest listing of the source; empty for a whole mirror. */
    Optional<Share> share() {
        return Optional.of(rule.shard()).filter(shard -> !shard.isWhole()).map(shard -> new Share(shard, others));
    }

    /** Returns the tags of signatures and referrers in the latest listing of the source. A run copies no others. */
    ReferrerTags referrerTags() {
        return Objects.requireNonNull(referrerTags);
    }

    /** Empty if the destination cannot list. */
    Optional<Listing> destination() {
        return Sides.on(Side.DESTINATION, destination::below);
    }
}
