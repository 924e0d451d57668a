package io.github.gcrsync.prune;

import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What is to be deleted of one repository.
 *
 * @param before the tags of the repository
 * @param whole images that are deleted with their manifests
 * @param tagOnly images of which only the tag can go, since something else needs the manifest
 * @param missing images that the repository lacks already
 * @param staying images that stay
 * @param manifests to delete, each before those that it names
 * @param artifacts tags of signatures and lists of referrers that are deleted with their manifests
 * @param shared the manifests of images of which only the tag can go
 * @param kept what else the repository holds
 */
record RepositoryPlan(
        Holdings before,
        List<DueImage> whole,
        List<DueImage> tagOnly,
        List<DueImage> missing,
        List<Staying> staying,
        SequencedMap<Digest, Manifest> manifests,
        Set<String> artifacts,
        Map<Digest, Manifest> shared,
        Trees.Reach kept) {
    /** Whether the tag is one of those to delete. */
    boolean isGoing(String tag) {
        return Stream.of(whole, tagOnly)
                .flatMap(List::stream)
                .anyMatch(image -> image.target().tag().equals(tag));
    }

    /** Returns the sizes of the content that nothing in the repository needs afterwards. */
    Map<Digest, Long> freed() {
        Map<Digest, Long> freed = new HashMap<>();
        for (Manifest manifest : manifests.values()) {
            freed.put(manifest.descriptor().digest(), manifest.descriptor().size());
            for (Descriptor child : manifest.children()) {
                if (!kept.needs(child.digest())) {
                    freed.put(child.digest(), child.size());
                }
            }
        }
        return freed;
    }
}
