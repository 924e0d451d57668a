package io.github.gcrsync.bundle;

import io.github.gcrsync.content.BlobArrival;
import io.github.gcrsync.content.BlobContent;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.ImageDestination;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.oci.Tag;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What images of one repository of the ledger consist of. Copying an image to {@link #from} reads its manifests and those of
 * its referrers, but no blob. Thread-safe.
 */
final class Collected {
    private final SortedMap<Digest, Manifest> manifests = new TreeMap<>();
    private final SortedMap<String, Digest> tags = new TreeMap<>();
    private final Map<Digest, Blob> blobs = new HashMap<>();
    private final Map<RepositoryName, ImageDestination> from = new HashMap<>();

    /** @param place the repository at the destination that has the blob */
    record Blob(Descriptor descriptor, RepositoryName place) {}

    /** Returns what receives images of this repository at the destination. */
    synchronized ImageDestination from(RepositoryName place) {
        return from.computeIfAbsent(place, Target::new);
    }

    private final class Target implements ImageDestination {
        private final RepositoryName place;

        Target(RepositoryName place) {
            this.place = place;
        }

        @Override
        public Optional<Descriptor> resolve(String tagOrDigest) {
            return Optional.empty();
        }

        @Override
        public Manifest manifest(String tagOrDigest) {
            throw new ContentException.NotFound(tagOrDigest);
        }

        @Override
        public Stream<String> tags() {
            return Stream.empty();
        }

        @Override
        public BlobArrival ensureBlob(Descriptor blob, BlobContent content) {
            put(new Blob(blob, place));
            return BlobArrival.ALREADY_THERE;
        }

        @Override
        public void putManifest(String tagOrDigest, Manifest manifest) {
            put(tagOrDigest, manifest);
        }
    }

    private synchronized void put(Blob blob) {
        blobs.putIfAbsent(blob.descriptor().digest(), blob);
    }

    private synchronized void put(String tagOrDigest, Manifest manifest) {
        manifests.put(manifest.descriptor().digest(), manifest);
        if (Tag.isValid(tagOrDigest)) {
            tags.put(tagOrDigest, manifest.descriptor().digest());
        }
    }

    synchronized Collection<Manifest> manifests() {
        return manifests.values();
    }

    synchronized SortedMap<String, Digest> tagged() {
        return tags;
    }

    /** Returns the blobs that the manifests need. */
    synchronized SortedMap<Digest, Blob> blobs() {
        SortedMap<Digest, Blob> needed = new TreeMap<>();
        for (Manifest manifest : manifests.values()) {
            for (Descriptor child : manifest.children()) {
                Blob blob = blobs.get(child.digest());
                if (blob != null) {
                    needed.put(child.digest(), blob);
                }
            }
        }
        return needed;
    }

    synchronized boolean holds(Digest manifest) {
        return manifests.containsKey(manifest);
    }

    /**
     * Removes what cannot be exported without this blob, and returns it: the manifests that need it, and the indexes that
     * name these.
     */
    synchronized Set<Digest> dropThoseWith(Digest blob) {
        Set<Digest> dropped = new TreeSet<>();
        dropThoseWith(blob, dropped);
        return dropped;
    }

    private void dropThoseWith(Digest content, Set<Digest> dropped) {
        manifests.values().stream()
                .filter(manifest -> manifest.children().stream()
                        .anyMatch(child -> child.digest().equals(content)))
                .map(manifest -> manifest.descriptor().digest())
                .toList()
                .forEach(manifest -> drop(manifest, dropped));
    }

    private void drop(Digest manifest, Set<Digest> dropped) {
        if (manifests.remove(manifest) != null) {
            dropped.add(manifest);
            tags.values().removeIf(manifest::equals);
            dropThoseWith(manifest, dropped);
        }
    }
}
