package io.github.gcrsync.content;

/** How a blob came to be at the destination. */
public enum BlobArrival {
    /** It was there before. */
    ALREADY_THERE,
    /** The destination took it from another of its repositories; nothing was transferred. */
    MOUNTED,
    /** Its bytes were read from the source and sent. */
    UPLOADED
}
