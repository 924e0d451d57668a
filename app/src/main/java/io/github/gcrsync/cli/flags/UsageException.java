package io.github.gcrsync.cli.flags;

/** Flags that are valid individually but not together; the message says what to write instead. */
public final class UsageException extends RuntimeException {
    public UsageException(String message) {
        super(message);
    }
}
