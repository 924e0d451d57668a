package io.github.gcrsync.testkit;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * An image with all its manifests and blobs.
 *
 * @param root the manifest that a tag points to
 * @param manifests by digest, children before parents, the root last
 * @param blobs by digest
 */
public record SampleImage(Descriptor root, SequencedMap<String, Manifest> manifests, Map<String, Content> blobs) {

    /** @param platform like linux/arm/v7; may be empty */
    public record Descriptor(String mediaType, String digest, long size, String platform) {}

    public record Manifest(String mediaType, Content content) {}

    public SampleImage {
        manifests = java.util.Collections.unmodifiableSequencedMap(new LinkedHashMap<>(manifests));
        blobs = Map.copyOf(blobs);
    }

    public String digest() {
        return root.digest();
    }

    public String mediaType() {
        return root.mediaType();
    }

    /** The root manifest's bytes. */
    public byte[] bytes() {
        return java.util.Objects.requireNonNull(manifests.get(root.digest()))
                .content()
                .bytes();
    }

    /** Returns the total size of all blobs, each counted once. */
    public long blobBytes() {
        return blobs.values().stream().mapToLong(Content::size).sum();
    }
}
