package io.github.gcrsync.check.drift;

import java.util.Locale;

/** What is wrong with an image at the destination. The text form is for users. */
public enum Kind {
    MISSING_TAG,
    /** The tag points to another digest than the recorded one. */
    OTHER_DIGEST,
    /** The manifest of the image itself. */
    MISSING_MANIFEST,
    DAMAGED_MANIFEST,
    /** A manifest that an index names, such as that of one platform. */
    MISSING_CHILD,
    MISSING_BLOB,
    DAMAGED_BLOB,
    MISSING_SIGNATURE,
    /** An attestation, an SBOM or another artifact that belongs to the image; or nothing shows what it was. */
    MISSING_REFERRER,
    /** No drift: a request failed. */
    UNCHECKED;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
