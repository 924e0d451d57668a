package io.github.gcrsync.registry;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.content.TagDetails;
import io.github.gcrsync.content.TagDetails.Way;
import io.github.gcrsync.content.TagLookup;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.registry.hosted.Goal;
import io.github.gcrsync.registry.hosted.HostedListing;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads digests and dates of many tags from lists, where that costs fewer requests than one per tag. */
final class DetailLists {
    private final RemoteRegistry registry;

    DetailLists(RemoteRegistry registry) {
        this.registry = registry;
    }

    /** Returns the details of these tags as {@link io.github.gcrsync.content.Store#listedDetails} describes them. */
    TagDetails of(RepositoryName name, Set<String> tags, boolean datesNeeded) {
        if (tags.isEmpty() || (tags.size() == 1 && !datesNeeded)) {
            return TagLookup.unknown(Way.HEAD, tags);
        }
        if (registry.tagCount(name).isPresent()) {
            return added(name, TagLookup.unknown(Way.HEAD, tags), datesNeeded);
        }
        TagDetails list = tagList(name);
        Map<String, ListedTag> existing = new HashMap<>(list.tags());
        existing.keySet().retainAll(tags);
        return added(name, TagDetails.of(list.way(), existing), datesNeeded);
    }

    /** Adds what the web API knows, if that is cheaper than one request per tag, or dates are needed. */
    private TagDetails added(RepositoryName name, TagDetails known, boolean datesNeeded) {
        Set<String> wanted = new HashSet<>(known.unresolved());
        known.tags().values().stream()
                .filter(tag -> datesNeeded && tag.pushed().isEmpty())
                .forEach(tag -> wanted.add(tag.tag()));
        Optional<HostedListing> api =
                wanted.isEmpty() ? Optional.empty() : registry.webApi().filter(found -> found.serves(name));
        if (api.isEmpty()) {
            return known;
        }
        long pages = api.get().requests(registry.tagCount(name).orElse(0L));
        Goal.Found found = api.get().read(name, Goal.of(wanted, datesNeeded, pages));
        if (found.end() == Goal.End.NO_REPOSITORY) {
            api.get().missesExisting(name);
        }
        Map<String, ListedTag> tags = new HashMap<>(known.tags());
        wanted.forEach(tag -> tags.computeIfPresent(
                tag, (ignored, old) -> joined(old, found.tags().get(tag))));
        return TagDetails.of(found.tags().isEmpty() ? known.way() : api.get().way(), tags);
    }

    private static ListedTag joined(ListedTag old, @Nullable ListedTag found) {
        return found == null
                ? old
                : new ListedTag(
                        old.tag(), old.digest().or(found::digest), old.pushed().or(found::pushed));
    }

    /** Returns all tags of a repository, none if it does not exist. */
    TagDetails all(RepositoryName name) {
        Optional<HostedListing> api = registry.webApi().filter(found -> found.serves(name));
        Optional<Goal.Found> found = api.map(used -> used.read(name, Goal.all()));
        if (found.isPresent() && found.get().end() == Goal.End.LAST_PAGE) {
            return TagDetails.of(api.get().way(), found.get().tags());
        }
        TagDetails listed = tagList(name);
        if (found.isPresent()
                && found.get().end() == Goal.End.NO_REPOSITORY
                && !listed.tags().isEmpty()) {
            api.get().missesExisting(name);
        }
        return listed;
    }

    private TagDetails tagList(RepositoryName name) {
        TagLists lists = new TagLists(registry, each -> true);
        try {
            lists.add(name, lists.page(name));
        } catch (ContentException.NotFound e) {
            return TagDetails.of(Way.HEAD, Map.of());
        }
        Map<String, ListedTag> tags = new HashMap<>();
        List<ListedTag> listed =
                lists.listing(repository -> true).repositories().getFirst().tags();
        listed.forEach(tag -> tags.put(tag.tag(), tag));
        boolean hasDigests = listed.stream().anyMatch(tag -> tag.digest().isPresent());
        return TagDetails.of(hasDigests ? Way.TAG_LIST : Way.HEAD, tags);
    }
}
