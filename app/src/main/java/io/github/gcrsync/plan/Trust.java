package io.github.gcrsync.plan;

/** How far a run trusts the ledger. */
public enum Trust {
    /** A recorded image counts as mirrored, without a request. */
    LEDGER,
    /** A recorded image counts as missing until it is found at the destination. */
    CHECK_DESTINATION,
    /** Copies every selected image again. */
    COPY_AGAIN
}
