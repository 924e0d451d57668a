package io.github.gcrsync.content;

import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Manifest;
import java.util.Optional;

/** One repository to write to. Every method may throw a {@link ContentException}. */
public interface ImageDestination {
    /**
     * The descriptor of the manifest under this tag or digest; empty if there is none.
     *
     * @throws ContentException.Incomplete if the store knows that content of the image is missing or damaged
     */
    Optional<Descriptor> resolve(String tagOrDigest);

    /**
     * Ensures that the repository has the blob, in the cheapest way: finds it, mounts it from another repository, or
     * reads the content. On return, the store has confirmed the blob.
     */
    BlobArrival ensureBlob(Descriptor blob, BlobContent content);

    /** Stores the manifest's original bytes under the tag or digest; the content that it names must already exist. */
    void putManifest(String tagOrDigest, Manifest manifest);

    /** Stores a manifest that will be part of an index: under its digest, but not as an image of its own. */
    default void putChild(Manifest manifest) {
        putManifest(manifest.descriptor().digest().value(), manifest);
    }
}
