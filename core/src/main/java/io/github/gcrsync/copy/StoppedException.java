package io.github.gcrsync.copy;

/** A copy that was not finished because the run is ending. */
public final class StoppedException extends RuntimeException {
    StoppedException() {
        super("stopped before it was finished");
    }
}
