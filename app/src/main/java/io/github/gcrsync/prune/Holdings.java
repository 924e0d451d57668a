package io.github.gcrsync.prune;

import io.github.gcrsync.content.Repository;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.content.TagDetails;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.DigestTags;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.tasks.Tasks;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The tags of a repository at the destination.
 *
 * @param images digests by tag
 * @param artifacts tags of signatures and lists of referrers
 */
record Holdings(Map<String, Digest> images, Set<String> artifacts) {
    static Holdings read(Store destination, RepositoryName name, int requestsInFlight) {
        TagDetails listed = destination.details(name);
        Set<String> tags = listed.tags().keySet();
        Set<String> artifacts = tags.stream().filter(DigestTags::isOne).collect(Collectors.toSet());
        Map<String, Digest> images = new ConcurrentHashMap<>();
        // A web API may lag behind what the registry serves.
        boolean isCurrent = !listed.way().isWebApi();
        tags.stream()
                .filter(Predicate.not(DigestTags::isOne))
                .filter(_ -> isCurrent)
                .forEach(tag -> listed.digest(tag).ifPresent(digest -> images.put(tag, digest)));
        List<String> unresolved = tags.stream()
                .filter(tag -> !artifacts.contains(tag) && !images.containsKey(tag))
                .toList();
        images.putAll(resolved(destination.repository(name), unresolved, requestsInFlight));
        return new Holdings(Map.copyOf(images), artifacts);
    }

    /** Returns the digests of those tags that exist. */
    static Map<String, Digest> resolved(Repository repository, List<String> tags, int requestsInFlight) {
        Map<String, Digest> digests = new ConcurrentHashMap<>();
        Tasks.forEach(
                tags,
                requestsInFlight,
                tag -> repository.resolve(tag).map(Descriptor::digest).ifPresent(digest -> digests.put(tag, digest)));
        return digests;
    }
}
