package io.github.gcrsync.content;

/** How the destination got a blob. */
public enum BlobArrival {
    /** The destination already had it. */
    ALREADY_THERE,
    /** The destination mounted it from another of its repositories; no bytes were transferred. */
    MOUNTED,
    /** Its bytes were transferred from the source. */
    UPLOADED
}
