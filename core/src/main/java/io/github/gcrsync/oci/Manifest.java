package io.github.gcrsync.oci;

import java.util.List;
import java.util.Optional;

/**
 * A manifest exactly as its registry served it. The bytes are never written anew, so its digest cannot drift; what is
 * read out of them only tells which content must exist before the manifest does.
 */
public sealed interface Manifest {
    /** A manifest of an image or of any artifact: a config and layers. */
    record Image(Bytes content, Descriptor descriptor, List<Descriptor> blobs, Optional<Descriptor> subject)
            implements Manifest {
        @Override
        public List<Descriptor> children() {
            return blobs;
        }
    }

    /** An image index or manifest list: other manifests, of any depth. */
    record Index(Bytes content, Descriptor descriptor, List<Descriptor> manifests, Optional<Descriptor> subject)
            implements Manifest {
        @Override
        public List<Descriptor> children() {
            return manifests;
        }
    }

    Bytes content();

    /** Media type as served, digest and size of {@link #content}. */
    Descriptor descriptor();

    /** What must exist before this manifest does, in the manifest's order, duplicates included. */
    List<Descriptor> children();

    /** The manifest this one refers to (signature, attestation); it need not exist anywhere. */
    Optional<Descriptor> subject();

    /**
     * The descriptor that a list of its subject's referrers shows: with the manifest's artifact type and annotations
     * (OCI distribution specification, "Listing Referrers").
     */
    default Descriptor asReferrer() {
        return ReferrerParser.describe(this);
    }

    /**
     * Reads a manifest of the given type.
     *
     * @throws InvalidManifestException if the bytes are not a well-formed manifest of that type, or it is no type of images
     *     and indexes: nobody could say what such a manifest names
     */
    static Manifest parse(String mediaType, Digest digest, byte[] content) {
        return ManifestParser.parse(new Descriptor(mediaType, digest, content.length), content);
    }
}
