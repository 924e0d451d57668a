package io.github.gcrsync.testkit;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The answer of gcr.io and Artifact Registry to tags/list: name and tags, and also the child repositories and every
 * manifest with its tags. Numbers are strings, times are epoch milliseconds.
 */
record GcrListing(String name, Collection<String> children, List<Entry> manifests) {
    /** 2018-01-01, the upload time of the first manifest of a registry in memory. */
    static final long FIRST_DAY_MS = 1_514_764_800_000L;

    /** @param uploadedMs epoch milliseconds, 0 if unknown */
    record Entry(String digest, String mediaType, long imageBytes, List<String> tags, long uploadedMs) {}

    /** Returns the names directly below one, from all repositories of a registry. */
    static TreeSet<String> childrenOf(String name, Collection<String> repositories) {
        TreeSet<String> children = new TreeSet<>();
        repositories.stream()
                .filter(repository -> repository.startsWith(name + "/"))
                .map(repository -> repository.substring(name.length() + 1).split("/", 2)[0])
                .forEach(children::add);
        return children;
    }

    boolean empty() {
        return children.isEmpty() && manifests.isEmpty();
    }

    byte[] json() {
        Map<String, Object> byDigest = new TreeMap<>();
        TreeSet<String> tags = new TreeSet<>();
        for (Entry entry : manifests) {
            Map<String, Object> manifest = new LinkedHashMap<>();
            manifest.put("imageSizeBytes", Long.toString(entry.imageBytes));
            manifest.put("layerId", "");
            manifest.put("mediaType", entry.mediaType);
            manifest.put("tag", entry.tags);
            manifest.put("timeCreatedMs", Long.toString(entry.uploadedMs));
            manifest.put("timeUploadedMs", Long.toString(entry.uploadedMs));
            byDigest.put(entry.digest, manifest);
            tags.addAll(entry.tags);
        }
        Map<String, Object> listing = new LinkedHashMap<>();
        listing.put("child", children);
        listing.put("manifest", byDigest);
        listing.put("name", name);
        listing.put("tags", tags);
        return Json.write(listing);
    }
}
