package io.github.gcrsync.cli.flags;

/** A command cannot run at all; the message says why and what to do. */
public final class NotStartedException extends RuntimeException {
    public NotStartedException(String message, Throwable cause) {
        super(message, cause);
    }

    public NotStartedException(String message) {
        super(message);
    }
}
