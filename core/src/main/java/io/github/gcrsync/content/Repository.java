package io.github.gcrsync.content;

import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;

/** A repository that can be read and written. Every method may throw a {@link ContentException}. */
public interface Repository extends ImageSource, ImageDestination {
    /** Whether the repository has the blob, with its length, as far as this shows without reading it. */
    boolean hasBlob(Descriptor blob);

    /**
     * Deletes a tag, and nothing else; a missing one counts as deleted.
     *
     * @return false if the store cannot do this; it may still be able to delete manifests, with all their tags
     */
    default boolean deleteTag(String tag) {
        return false;
    }

    /**
     * Deletes a manifest, with all tags that point to it; a missing one counts as deleted. Its blobs and children stay.
     *
     * @return false if the store deletes no manifests at all
     * @throws ContentException if the store refuses to delete this one
     */
    default boolean deleteManifest(Digest manifest) {
        return false;
    }

    /**
     * Deletes the blobs that no manifest names any more. Does nothing at a registry, which collects its garbage itself.
     * An image that is copied meanwhile may lose blobs before its manifest arrives; storing the manifest then fails.
     *
     * @return the freed bytes
     * @throws ContentException if a manifest is damaged; then nothing is deleted
     */
    default long deleteUnusedBlobs() {
        return 0;
    }
}
