package io.github.gcrsync.cli.flags;

/** Flags that are right one by one and make no sense together; the message says what to write instead. */
public final class UsageException extends RuntimeException {
    public UsageException(String message) {
        super(message);
    }
}
