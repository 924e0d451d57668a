package io.github.gcrsync.oci;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A pointer to content: what it is, its digest, its size in bytes (OCI image specification, "Content Descriptors").
 *
 * @param size bytes, never negative
 * @param urls places outside the registry where a foreign layer lies; empty for everything else
 */
public record Descriptor(
        String mediaType,
        Digest digest,
        long size,
        Optional<Platform> platform,
        Optional<String> artifactType,
        List<String> urls,
        Map<String, String> annotations) {
    /** @throws IllegalArgumentException if the size is negative */
    public Descriptor {
        if (size < 0) {
            throw new IllegalArgumentException("negative size of " + digest);
        }
        urls = List.copyOf(urls);
        annotations = Map.copyOf(annotations);
    }

    public Descriptor(String mediaType, Digest digest, long size) {
        this(mediaType, digest, size, Optional.empty(), Optional.empty(), List.of(), Map.of());
    }

    public static Descriptor of(String mediaType, byte[] content) {
        return new Descriptor(mediaType, Digest.sha256(content), content.length);
    }
}
