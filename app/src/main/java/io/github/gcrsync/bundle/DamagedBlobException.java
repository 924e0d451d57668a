package io.github.gcrsync.bundle;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.oci.Digest;

/** A blob that the destination lacks, or has with other bytes. */
final class DamagedBlobException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Digest blob;
    private final ContentException reason;

    DamagedBlobException(Digest blob, ContentException reason) {
        super(reason);
        this.blob = blob;
        this.reason = reason;
    }

    Digest blob() {
        return blob;
    }

    ContentException reason() {
        return reason;
    }
}
