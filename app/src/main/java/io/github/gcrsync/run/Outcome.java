package io.github.gcrsync.run;

/** The outcome of a run and its exit code. */
public enum Outcome {
    DONE(0),
    /** Images failed, are held, in quarantine or unfinished, or the ledger could not be saved. */
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
