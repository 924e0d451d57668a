package io.github.gcrsync.content;

import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.oci.Descriptor;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Resolves tags one by one, where no list gives their digests. */
public final class TagLookup {
    private TagLookup() {}

    /** Runs an action for each tag, in any order, one or several at a time. */
    @FunctionalInterface
    public interface ForEach {
        void run(List<String> tags, Consumer<String> action);
    }

    /** Returns the tags without digests. */
    public static TagDetails unknown(TagDetails.Way way, Collection<String> tags) {
        Map<String, ListedTag> all = new HashMap<>();
        tags.forEach(tag -> all.put(tag, new ListedTag(tag, Optional.empty())));
        return TagDetails.of(way, all);
    }

    /** Adds the digests that are unknown, removes tags that do not exist, and keeps failures apart. */
    public static TagDetails resolved(Repository repository, TagDetails listed, ForEach each) {
        Map<String, ListedTag> tags = new ConcurrentHashMap<>(listed.tags());
        Map<String, ContentException> failures = new ConcurrentHashMap<>(listed.failures());
        each.run(listed.unresolved(), tag -> {
            try {
                Optional<Descriptor> found = repository.resolve(tag);
                tags.computeIfPresent(
                        tag,
                        (ignored, known) -> found.map(
                                        image -> new ListedTag(tag, Optional.of(image.digest()), known.pushed()))
                                .orElse(null));
            } catch (RuntimeException e) {
                tags.remove(tag);
                failures.put(tag, ContentException.of(e));
            }
        });
        return new TagDetails(listed.way(), tags, failures);
    }
}
