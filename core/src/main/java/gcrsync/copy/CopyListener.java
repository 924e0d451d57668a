package gcrsync.copy;

import gcrsync.content.BlobArrival;
import gcrsync.oci.Descriptor;

/** What happens while images are copied; called from many threads. */
public interface CopyListener {
    CopyListener SILENT = new CopyListener() {};

    /** A blob is being asked for, mounted or sent. */
    default void blobStarted(Descriptor blob) {}

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
