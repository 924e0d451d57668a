package io.github.gcrsync.prune;

import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The planned deletions in one repository.
 *
 * @param before digests by tag
 * @param pinned digests without a tag that must stay
 * @param whole images that are deleted with their manifests
 * @param tagOnly images of which only the tag can be deleted, since something else needs the manifest
 * @param missing images that the repository lacks already
 * @param staying images that stay
 * @param manifests to delete, each before those that it names and those that refer to it
 * @param attached signatures and other referrers by the manifest that they belong to
 * @param artifacts tags of signatures and of lists of referrers, by the manifest that they belong to
 * @param kept what else the repository holds
 * @param trees with every manifest that was read
 */
record RepositoryPlan(
        Map<String, Digest> before,
        Set<Digest> pinned,
        List<DueImage> whole,
        List<DueImage> tagOnly,
        List<DueImage> missing,
        List<Staying> staying,
        SequencedMap<Digest, Manifest> manifests,
        Map<Digest, Set<Digest>> attached,
        Map<Digest, Set<String>> artifacts,
        Trees.Reach kept,
        Trees trees) {
    /** Returns the digests of the images to delete by their tags. */
    Map<String, Digest> going() {
        return Stream.of(whole, tagOnly)
                .flatMap(List::stream)
                .filter(DueImage::hasTag)
                .collect(Collectors.toMap(image -> image.target().tag(), DueImage::digest));
    }

    /** Returns these manifests with everything that belongs to them and must stay if they do. */
    Set<Digest> closure(Collection<Digest> roots) {
        Set<Digest> all = new HashSet<>();
        List<Digest> level = List.copyOf(roots);
        while (!level.isEmpty()) {
            all.addAll(level);
            level = level.stream()
                    .flatMap(digest -> Stream.concat(
                            attached.getOrDefault(digest, Set.of()).stream(),
                            trees.known(digest).stream()
                                    .flatMap(manifest -> manifest.children().stream())
                                    .map(Descriptor::digest)
                                    .filter(manifests::containsKey)))
                    .filter(digest -> !all.contains(digest))
                    .distinct()
                    .toList();
        }
        return all;
    }

    /**
     * Returns the sizes of the content that nothing in the repository needs afterwards.
     *
     * @param deleted those of the manifests that are deleted
     */
    Map<Digest, Long> freed(Set<Digest> deleted) {
        Map<Digest, Long> freed = new HashMap<>();
        for (Manifest manifest : manifests.values()) {
            if (deleted.contains(manifest.descriptor().digest())) {
                freed.put(manifest.descriptor().digest(), manifest.descriptor().size());
                for (Descriptor child : manifest.children()) {
                    if (!kept.needs(child.digest())) {
                        freed.put(child.digest(), child.size());
                    }
                }
            }
        }
        return freed;
    }
}
