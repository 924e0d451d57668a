package io.github.gcrsync.oci;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A pointer to content: media type, digest and size (OCI image specification, "Content Descriptors").
 *
 * @param size in bytes, never negative
 * @param urls locations of a foreign layer outside the registry; empty for all other content
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
