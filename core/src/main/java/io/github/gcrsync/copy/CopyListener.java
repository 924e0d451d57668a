package io.github.gcrsync.copy;

import io.github.gcrsync.content.BlobArrival;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import java.util.List;

/** What happens while images are copied; called from many threads. */
public interface CopyListener {
    CopyListener SILENT = new CopyListener() {};

    /**
     * A manifest that is to be copied names this content: manifests, and blobs that the destination may have already. Content
     * that several manifests name is told for each.
     */
    default void contentFound(List<Descriptor> content) {}

    /**
     * A blob is being asked for, mounted or sent.
     *
     * @param image the manifest of the image that it is copied for, at the top
     */
    default void blobStarted(Descriptor blob, Digest image) {}

    /** Bytes of a blob have been read from the source. */
    default void blobProgress(Descriptor blob, long bytes) {}

    /** The destination has confirmed the blob. */
    default void blobArrived(Descriptor blob, BlobArrival arrival) {}

    /** The blob did not arrive; the image's failure follows. */
    default void blobFailed(Descriptor blob) {}

    /** An index names a manifest that the source does not have; the copy is as sparse as the original. */
    default void manifestAbsent(Descriptor manifest) {}

    /** The destination has stored a manifest. */
    default void manifestStored(Descriptor manifest) {}
}
