package io.github.gcrsync.plan;

/** How far a run believes what the ledger has recorded. */
public enum Trust {
    /** What is recorded is mirrored, and costs no request. */
    LEDGER,
    /** What is recorded is looked for at the destination too; it counts as gone until it is found there. */
    CHECK_DESTINATION,
    /** Everything selected is copied again. */
    COPY_ANEW
}
