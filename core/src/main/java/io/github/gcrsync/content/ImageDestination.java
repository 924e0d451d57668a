package io.github.gcrsync.content;

import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Manifest;
import java.util.Optional;

/** One repository to write to. Every method may throw a {@link ContentException}. */
public interface ImageDestination {
    /**
     * The descriptor of what is there under this tag or digest; empty if there is nothing.
     *
     * @throws ContentException.Incomplete if the store knows that content of it is missing or damaged
     */
    Optional<Descriptor> resolve(String tagOrDigest);

    /**
     * Makes the blob be there by the cheapest way: found, taken from a neighbour repository, else read from content.
     * When it returns, the store has confirmed the blob.
     */
    BlobArrival ensureBlob(Descriptor blob, BlobContent content);

    /** Stores the manifest's own bytes under the tag or digest; what it names must be there already. */
    void putManifest(String tagOrDigest, Manifest manifest);
}
