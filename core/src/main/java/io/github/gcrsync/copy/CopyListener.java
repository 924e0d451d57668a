package io.github.gcrsync.copy;

import io.github.gcrsync.content.BlobArrival;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import java.util.List;

/** Receives the events of copies; called from many threads. */
public interface CopyListener {
    CopyListener SILENT = new CopyListener() {};

    /**
     * A manifest to copy names this content: manifests, and blobs that the destination may already have. Content that
     * several manifests name is reported for each of them.
     */
    default void contentFound(List<Descriptor> content) {}

    /**
     * Work on a blob has started: looking it up, mounting it or sending it.
     *
     * @param image the top-level manifest of the image that needs the blob
     */
    default void blobStarted(Descriptor blob, Digest image) {}

    /** Bytes of a blob have been read from the source. */
    default void blobProgress(Descriptor blob, long bytes) {}

    /** The destination has confirmed the blob. */
    default void blobArrived(Descriptor blob, BlobArrival arrival) {}

    /** The blob failed; the failure of the image follows. */
    default void blobFailed(Descriptor blob) {}

    /** An index names a manifest that the source lacks; the copy is as sparse as the original. */
    default void manifestAbsent(Descriptor manifest) {}

    /** The destination has stored a manifest. */
    default void manifestStored(Descriptor manifest) {}

    /** The image is stored, and its referrers are copied or failed; not called if none were asked for. */
    default void referrersCopied(CopiedReferrers referrers) {}
}
