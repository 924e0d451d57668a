package io.github.gcrsync.plan;

import io.github.gcrsync.oci.Digest;

/** One image to copy, as listeners see it. */
public interface ImageTask {
    /** The image's name for users, unique in the run. */
    String image();

    Digest digest();

    Reason reason();

    /** The image's name at the destination. */
    String target();
}
