package io.github.gcrsync.prune;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.ledger.Recorded;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.plan.DatedListing;
import io.github.gcrsync.plan.Failure;
import io.github.gcrsync.plan.Sides;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.rule.PruneRule;
import io.github.gcrsync.rule.Selection;
import io.github.gcrsync.tasks.Tasks;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
     * What is asked, and what is changed.
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

    /** Finds what is due, by what the ledger records and by what the source has. */
    public Due due() {
        return new DueSearch(rule, prune, places, now).search(listing, selection);
    }

    /**
     * Looks at the destination, and deletes what is due unless that is blocked.
     *
     * @param apply false: only finds what would be deleted
     * @throws io.github.gcrsync.copy.CopyException if the destination failed as a whole
     * @throws io.github.gcrsync.ledger.LedgerException if the ledger cannot be saved; the next run finds what is deleted
     */
    public PruneReport run(Due due, boolean apply) {
        Results results = new Results();
        if (!apply) {
            ofImages(due.images(), false, results);
            return results.report(due, false, Optional.empty());
        }
        places.ledger().sighted(due.sightings());
        Optional<String> commit;
        try {
            if (due.blocked().isEmpty()) {
                ofImages(due.images(), true, results);
            }
        } finally {
            // What is deleted must not stay recorded, even if the rest failed.
            commit = places.ledger().checkpoint().commit();
        }
        return results.report(due, true, commit);
    }

    private void ofImages(List<DueImage> images, boolean apply, Results results) {
        Needs needs = Needs.of(rule, places.ledger(), images);
        Map<RepositoryName, List<DueImage>> byRepository = images.stream()
                .filter(image -> needs.holder(image)
                        .map(holder -> {
                            results.stays(Staying.because(image, "the ledger of " + holder + " records it too"));
                            return false;
                        })
                        .orElse(true))
                .collect(
                        Collectors.groupingBy(image -> image.target().repository(), TreeMap::new, Collectors.toList()));
        Tasks.forEach(
                List.copyOf(byRepository.entrySet()),
                Math.min(REPOSITORIES, places.requestsInFlight()),
                each -> ofRepository(each.getKey(), each.getValue(), needs, apply, results));
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
            List<Recorded> gone = Stream.of(deletion.whole(), deletion.tags(), plan.missing())
                    .flatMap(List::stream)
                    .map(DueImage::image)
                    .toList();
            places.ledger().pruned(gone);
        }
    }
}
