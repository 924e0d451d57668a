package io.github.gcrsync.run;

/** How a run ended, with the exit code that says so. */
public enum Outcome {
    DONE(0),
    /** Images failed, are in quarantine or are not finished, or the ledger could not be saved. */
    SOME_FAILED(1),
    /** A side failed as a whole. */
    GIVEN_UP(3),
    OVER_QUOTA(5);

    private final int exitCode;

    Outcome(int exitCode) {
        this.exitCode = exitCode;
    }

    public int exitCode() {
        return exitCode;
    }
}
