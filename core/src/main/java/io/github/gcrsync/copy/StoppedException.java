package io.github.gcrsync.copy;

/** Reports a copy that was not finished because the run is stopping. */
public final class StoppedException extends RuntimeException {
    StoppedException() {
        super("stopped before it was finished");
    }
}
