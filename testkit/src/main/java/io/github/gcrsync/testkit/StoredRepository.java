package io.github.gcrsync.testkit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The content of one repository; thread-safe. */
final class StoredRepository {
    /** @param number the number of earlier manifests in the registry, as a logical time */
    record Stored(String digest, String mediaType, Content content, ManifestJson json, long number) {}

    private final String name;
    private final Map<String, Stored> manifests = new LinkedHashMap<>();
    private final TreeMap<String, String> tags = new TreeMap<>();
    private final Map<String, Content> blobs = new LinkedHashMap<>();

    StoredRepository(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    synchronized Optional<Stored> manifest(String tagOrDigest) {
        String digest = tags.getOrDefault(tagOrDigest, tagOrDigest);
        return Optional.ofNullable(manifests.get(digest));
    }

    synchronized void putManifest(Stored manifest) {
        manifests.putIfAbsent(manifest.digest(), manifest);
    }

    synchronized void tag(String tag, String digest) {
        tags.put(tag, digest);
    }

    /** Returns whether there was anything to delete. */
    synchronized boolean delete(String tagOrDigest) {
        if (tags.remove(tagOrDigest) != null) {
            return true;
        }
        tags.values().removeIf(tagOrDigest::equals);
        return manifests.remove(tagOrDigest) != null;
    }

    synchronized Optional<Content> blob(String digest) {
        return Optional.ofNullable(blobs.get(digest));
    }

    synchronized void putBlob(String digest, Content content) {
        blobs.put(digest, content);
    }

    synchronized boolean deleteBlob(String digest) {
        return blobs.remove(digest) != null;
    }

    synchronized boolean namesBlob(String digest) {
        return manifests.values().stream()
                .flatMap(manifest -> manifest.json().blobs().stream())
                .anyMatch(blob -> blob.digest().equals(digest));
    }

    /** Sorted. */
    synchronized List<String> tags() {
        return List.copyOf(tags.keySet());
    }

    synchronized List<Stored> referrers(String subject) {
        return manifests.values().stream()
                .filter(manifest ->
                        manifest.json().subject().filter(subject::equals).isPresent())
                .toList();
    }

    synchronized List<GcrListing.Entry> listing() {
        return manifests.values().stream()
                .map(manifest -> new GcrListing.Entry(
                        manifest.digest(),
                        manifest.mediaType(),
                        manifest.json().imageBytes(),
                        tags.entrySet().stream()
                                .filter(tag -> tag.getValue().equals(manifest.digest()))
                                .map(Map.Entry::getKey)
                                .toList(),
                        GcrListing.FIRST_DAY_MS + 1000 * manifest.number()))
                .toList();
    }
}
