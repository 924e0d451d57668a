package io.github.gcrsync.plan;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing;
import io.github.gcrsync.content.Listing.ListedRepository;
import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.content.TagDetails;
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

/** Adds push dates and digests to a listing, for the tags whose ages decide whether they are selected. */
public final class DatedListing {
    private DatedListing() {}

    /** A repository whose digests cannot be read is among the failures. */
    public static Listing of(Store source, MirrorRule rule, Listing listing, int requestsInFlight) {
        Map<RepositoryName, List<ListedTag>> dated = new ConcurrentHashMap<>();
        Collection<Listing.Failure> failed = new ConcurrentLinkedQueue<>();
        List<ListedRepository> wanting = listing.repositories().stream()
                .filter(repository -> rule.selection().needsDates(rule.source().relative(repository.name())))
                .toList();
        Tasks.forEach(wanting, requestsInFlight, repository -> {
            try {
                dated.put(repository.name(), dated(source, rule, repository));
            } catch (ContentException e) {
                failed.add(new Listing.Failure(repository.name(), e));
            }
        });
        if (wanting.isEmpty()) {
            return listing;
        }
        List<Listing.Failure> failures = new ArrayList<>(listing.failures());
        failures.addAll(failed);
        List<RepositoryName> unknown =
                failed.stream().map(Listing.Failure::repository).toList();
        return new Listing(
                listing.repositories().stream()
                        .filter(repository -> !unknown.contains(repository.name()))
                        .map(repository -> new ListedRepository(
                                repository.name(), dated.getOrDefault(repository.name(), repository.tags())))
                        .toList(),
                listing.invalid(),
                failures);
    }

    private static List<ListedTag> dated(Store source, MirrorRule rule, ListedRepository repository) {
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
        TagDetails details = rule.selection().holdsBack(name)
                ? source.details(repository.name(), tags, true)
                : source.listedDetails(repository.name(), tags, true);
        return repository.tags().stream()
                .map(tag -> new ListedTag(
                        tag.tag(),
                        tag.digest().or(() -> details.digest(tag.tag())),
                        tag.pushed().or(() -> details.pushed(tag.tag()))))
                .toList();
    }
}
