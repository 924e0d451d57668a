package io.github.gcrsync.oci;

import java.util.List;
import java.util.Optional;

/**
 * A manifest exactly as its registry served it. The bytes are never re-encoded, so the digest cannot change; the parsed
 * fields only name the content that must exist before the manifest.
 */
public sealed interface Manifest {
    /** A manifest of an image or another artifact: a config and layers. */
    record Image(Bytes content, Descriptor descriptor, List<Descriptor> blobs, Optional<Descriptor> subject)
            implements Manifest {
        @Override
        public List<Descriptor> children() {
            return blobs;
        }

        @Override
        public List<Descriptor> layers() {
            // Only the former type of artifacts has no config, which comes first.
            return blobs.subList(MediaType.isArtifact(descriptor.mediaType()) ? 0 : 1, blobs.size());
        }
    }

    /** An image index or manifest list: names other manifests, nested to any depth. */
    record Index(Bytes content, Descriptor descriptor, List<Descriptor> manifests, Optional<Descriptor> subject)
            implements Manifest {
        @Override
        public List<Descriptor> children() {
            return manifests;
        }

        @Override
        public List<Descriptor> layers() {
            return manifests;
        }
    }

    Bytes content();

    /** The media type as served, and digest and size of {@link #content}. */
    Descriptor descriptor();

    /** The content that must exist before this manifest, in the manifest's order, including duplicates. */
    List<Descriptor> children();

    /** The children without the config of an image. */
    List<Descriptor> layers();

    /** The manifest that this one refers to, as signatures and attestations do; it need not exist. */
    Optional<Descriptor> subject();

    /**
     * Returns the descriptor for a list of its subject's referrers: with the manifest's artifact type and annotations
     * (OCI distribution specification, "Listing Referrers").
     */
    default Descriptor asReferrer() {
        return ReferrerParser.describe(this);
    }

    /**
     * Parses a manifest of the given type.
     *
     * @throws InvalidManifestException if the bytes are not a well-formed manifest of that type, or the type is neither
     *     an image nor an index, so that its children are unknown
     */
    static Manifest parse(String mediaType, Digest digest, byte[] content) {
        return ManifestParser.parse(new Descriptor(mediaType, digest, content.length), content);
    }
}
