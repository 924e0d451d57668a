package io.github.gcrsync.content;

import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.text.Message;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Asks for single tags, where no list gives their digests or reading them is denied. */
public final class TagLookup {
    private TagLookup() {}

    /** Runs an action for each tag, in any order, one or several at a time. */
    @FunctionalInterface
    public interface ForEach {
        void run(List<String> tags, Consumer<String> action);
    }

    /**
     * Returns if the list of tags shows that a tag is missing: some registries (Artifactory) deny reading missing content,
     * but a user who may push and not pull is denied too, and would overwrite unread content.
     *
     * @throws ContentException.Denied if the tag may exist
     */
    public static void requireMissing(ImageDestination destination, String tag, ContentException.Denied denied) {
        if (denied.areCredentialsRefused()) {
            throw denied;
        }
        try (Stream<String> tags = destination.tags()) {
            if (tags.noneMatch(tag::equals)) {
                return;
            }
        } catch (ContentException.Denied | ContentException.NotFound | ContentException.Unsupported e) {
            // Some registries list no tags.
        }
        throw new ContentException.Denied(
                Message.of(
                        "the tag " + tag + " may exist but cannot be read, and is not overwritten: "
                                + denied.getMessage(),
                        "let this user pull from the repository too"),
                false,
                Optional.empty());
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
