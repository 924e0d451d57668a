package io.github.gcrsync.prune;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.copy.CopyException;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.ledger.LedgerException;
import io.github.gcrsync.ledger.Recorded;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.plan.DatedListing;
import io.github.gcrsync.plan.Failure;
import io.github.gcrsync.plan.Sides;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.rule.Selection;
import io.github.gcrsync.tasks.Tasks;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;

/** Plans what to delete at a destination, and deletes it. */
public final class Pruning {
    /** Repositories at a time; within each, requests are in flight too. */
    private static final int REPOSITORIES = 8;

    private final MirrorRule rule;
    private final PruneRule prune;
    private final Places places;
    private final Instant now;
    private final DatedListing listing;
    private final Selection selection;

    /**
     * The stores and the ledger of a mirror at one destination.
     *
     * @param sides tells the failure of one image from that of a whole side
     */
    public record Places(Store source, Store destination, Ledger ledger, Sides sides, int requestsInFlight) {}

    /** @param listing of the source, without the tags of referrers */
    public Pruning(
            MirrorRule rule,
            PruneRule prune,
            Places places,
            Instant now,
            DatedListing listing,
            Function<Listing, Selection> selecting) {
        this.listing = listing;
        this.selection = selecting.apply(listing.listing());
        this.rule = rule;
        this.prune = prune;
        this.places = places;
        this.now = now;
    }

    /** Compares the ledger with the source and returns the images that are due. */
    public Due due() {
        return new DueSearch(rule, prune, places, now).search(listing, selection);
    }

    /**
     * Looks at the destination, and deletes what is due unless that is blocked. If the destination or the ledger fails as
     * a whole, the report says so and contains what was deleted before.
     *
     * @param apply false: only finds what would be deleted
     * @param done receives the number of images that were looked at, from several threads
     */
    public PruneReport run(Due found, boolean apply, StopSignal stop, IntConsumer done) {
        Results results = new Results();
        Needs needs = Needs.of(rule, places.ledger(), found.images(), now.minus(prune.after()));
        Due due = needs.unreadable().isEmpty() || found.blocked().isPresent()
                ? found
                : found.blockedBecause("the ledger of " + needs.unreadable().first()
                        + " cannot be read, so nothing shows which images its mirror needs; repair it first");
        if (apply) {
            places.ledger().sighted(due.sightings());
        }
        Optional<String> commit = Optional.empty();
        try {
            if (!apply || due.blocked().isEmpty()) {
                ofImages(due.images(), needs, apply, stop, done, results);
            }
        } catch (CopyException e) {
            results.abandoned(Sides.words(e.side(), e.reason()));
        }
        if (apply) {
            try {
                // What is deleted must not stay recorded, even if the rest failed.
                commit = places.ledger().checkpoint().commit();
            } catch (LedgerException e) {
                results.abandoned("the deletions are not recorded; the next prune records them: " + e.getMessage());
            }
        }
        return results.report(due, apply, commit);
    }

    private void ofImages(
            List<DueImage> images, Needs needs, boolean apply, StopSignal stop, IntConsumer done, Results results) {
        Map<RepositoryName, List<DueImage>> byRepository = images.stream()
                .filter(image -> {
                    Optional<String> holder = needs.holder(image);
                    holder.ifPresent(reason -> results.stays(Staying.because(image, reason)));
                    return holder.isEmpty();
                })
                .collect(
                        Collectors.groupingBy(image -> image.target().repository(), TreeMap::new, Collectors.toList()));
        Tasks.forEach(List.copyOf(byRepository.entrySet()), Math.min(REPOSITORIES, places.requestsInFlight()), each -> {
            if (!stop.isGiven()) {
                ofRepository(each.getKey(), each.getValue(), needs, apply, results);
                done.accept(each.getValue().size());
            }
        });
    }

    private void ofRepository(RepositoryName name, List<DueImage> images, Needs needs, boolean apply, Results results) {
        try {
            RepositoryPlan plan = new RepositorySearch(places.destination(), name, places.requestsInFlight())
                    .plan(images, needs.digests(name));
            if (apply) {
                delete(name, plan, results);
            } else {
                results.planned(plan);
            }
        } catch (ContentException e) {
            places.sides().check(Side.DESTINATION, e);
            results.failed(new Failure(name.value(), Side.DESTINATION, e));
        }
    }

    private void delete(RepositoryName name, RepositoryPlan plan, Results results) {
        RepositoryDeletion deletion = new RepositoryDeletion(places, name, plan);
        try {
            deletion.run();
        } finally {
            results.deleted(plan, deletion);
            places.ledger().pruned(recorded(deletion.whole()), false);
            places.ledger().pruned(recorded(deletion.tags()), false);
            places.ledger().pruned(recorded(plan.missing()), true);
        }
    }

    private static List<Recorded> recorded(List<DueImage> images) {
        return images.stream().map(DueImage::image).toList();
    }
}
