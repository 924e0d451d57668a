package io.github.gcrsync.plan;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing;
import io.github.gcrsync.content.Listing.ListedRepository;
import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.content.TagDetails;
import io.github.gcrsync.ledger.ImageKey;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.rule.TagAges;
import io.github.gcrsync.tasks.Tasks;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A listing with push dates and digests, as far as the source has them, of the tags whose ages decide whether they are
 * selected.
 *
 * @param ways in which they were read, by name relative to the source
 * @param unread tags whose digests could not be read, with the reason
 */
public record DatedListing(
        Listing listing, Map<RepositoryName, TagDetails.Way> ways, Map<ImageKey, ContentException> unread) {
    /** A listing for a rule without ages. */
    public static DatedListing undated(Listing listing) {
        return new DatedListing(listing, Map.of(), Map.of());
    }

    /** A repository of which nothing can be read is among the failures. */
    public static DatedListing of(Store source, MirrorRule rule, Listing listing, int requestsInFlight) {
        return new Reading(source, rule).of(listing, requestsInFlight);
    }

    DatedListing with(Listing other) {
        return new DatedListing(other, ways, unread);
    }

    private static final class Reading {
        private final Store source;
        private final MirrorRule rule;
        private final Map<RepositoryName, TagDetails.Way> ways = new ConcurrentHashMap<>();
        private final Map<ImageKey, ContentException> unread = new ConcurrentHashMap<>();

        Reading(Store source, MirrorRule rule) {
            this.source = source;
            this.rule = rule;
        }

        DatedListing of(Listing listing, int requestsInFlight) {
            Map<RepositoryName, List<ListedTag>> dated = new ConcurrentHashMap<>();
            Collection<Listing.Failure> failed = new ConcurrentLinkedQueue<>();
            List<ListedRepository> wanting = listing.repositories().stream()
                    .filter(repository ->
                            rule.selection().needsDates(rule.source().relative(repository.name())))
                    .toList();
            if (wanting.isEmpty()) {
                return undated(listing);
            }
            Tasks.forEach(wanting, requestsInFlight, repository -> {
                try {
                    dated.put(repository.name(), dated(repository));
                } catch (ContentException e) {
                    failed.add(new Listing.Failure(repository.name(), e));
                }
            });
            List<Listing.Failure> failures = new ArrayList<>(listing.failures());
            failures.addAll(failed);
            List<RepositoryName> unknown =
                    failed.stream().map(Listing.Failure::repository).toList();
            Listing known = new Listing(
                    listing.repositories().stream()
                            .filter(repository -> !unknown.contains(repository.name()))
                            .map(repository -> new ListedRepository(
                                    repository.name(), dated.getOrDefault(repository.name(), repository.tags())))
                            .toList(),
                    listing.invalid(),
                    failures,
                    listing.others());
            return new DatedListing(known, ways, unread);
        }

        private List<ListedTag> dated(ListedRepository repository) {
            RepositoryName name = rule.source().relative(repository.name());
            List<String> tags = rule.selection().candidates(name, repository.tags()).stream()
                    .filter(tag -> tag.digest().isEmpty() || TagAges.pushed(tag).isEmpty())
                    .filter(tag -> !rule.selection().names(name, tag.tag()))
                    .map(ListedTag::tag)
                    .toList();
            if (tags.isEmpty()) {
                return repository.tags();
            }
            // Only what may have to wait needs its digest now.
            TagDetails details = rule.selection().minAge(name).isPresent()
                    ? source.details(repository.name(), tags, true)
                    : source.listedDetails(repository.name(), tags, true);
            ways.put(name, details.way());
            details.failures().forEach((tag, reason) -> unread.put(new ImageKey(name, tag), reason));
            return repository.tags().stream()
                    .map(tag -> new ListedTag(
                            tag.tag(),
                            tag.digest().or(() -> details.digest(tag.tag())),
                            tag.pushed().or(() -> details.pushed(tag.tag()))))
                    .toList();
        }
    }
}
