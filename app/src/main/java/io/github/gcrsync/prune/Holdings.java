package io.github.gcrsync.prune;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.content.TagDetails;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.DigestTags;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.tasks.Tasks;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The tags of a repository at the destination.
 *
 * @param images digests by tag
 * @param artifacts tags of signatures and lists of referrers
 * @param resolved digests of those of them that were needed
 */
record Holdings(Map<String, Digest> images, Set<String> artifacts, Map<String, Optional<Digest>> resolved) {
    /** @throws ContentException if some tags could not be read, so that it is not known what they need */
    static Holdings read(Store destination, RepositoryName name, int requestsInFlight) {
        TagDetails listed = destination.details(name);
        listed.failures().values().stream().findFirst().ifPresent(failure -> {
            throw failure;
        });
        Set<String> tags = listed.tags().keySet();
        Set<String> artifacts = tags.stream().filter(DigestTags::isOne).collect(Collectors.toSet());
        Map<String, Digest> images = new ConcurrentHashMap<>();
        // A web API may lag behind what the registry serves.
        boolean isCurrent = !listed.way().isWebApi();
        List<String> unresolved = tags.stream()
                .filter(tag -> !artifacts.contains(tag))
                .filter(tag -> {
                    Optional<Digest> digest = listed.digest(tag).filter(_ -> isCurrent);
                    digest.ifPresent(known -> images.put(tag, known));
                    return digest.isEmpty();
                })
                .toList();
        Repository repository = destination.repository(name);
        Tasks.forEach(
                unresolved,
                requestsInFlight,
                tag -> repository.resolve(tag).ifPresent(found -> images.put(tag, found.digest())));
        return new Holdings(Map.copyOf(images), artifacts, new ConcurrentHashMap<>());
    }

    /** Returns the digest of the tag of an artifact; empty if it is gone. */
    Optional<Digest> resolved(Repository repository, String artifact) {
        return resolved.computeIfAbsent(artifact, tag -> repository.resolve(tag).map(Descriptor::digest));
    }

    Map<String, Digest> resolved(Repository repository, Collection<String> some, int requestsInFlight) {
        Map<String, Digest> digests = new ConcurrentHashMap<>();
        Tasks.forEach(
                List.copyOf(some),
                requestsInFlight,
                tag -> resolved(repository, tag).ifPresent(digest -> digests.put(tag, digest)));
        return digests;
    }

    /** Returns what all tags point to, except these. */
    Set<Digest> roots(Repository repository, Set<String> except, int requestsInFlight) {
        Set<Digest> roots = images.entrySet().stream()
                .filter(each -> !except.contains(each.getKey()))
                .map(Map.Entry::getValue)
                .collect(Collectors.toSet());
        roots.addAll(resolved(
                        repository,
                        artifacts.stream().filter(tag -> !except.contains(tag)).toList(),
                        requestsInFlight)
                .values());
        return roots;
    }
}
