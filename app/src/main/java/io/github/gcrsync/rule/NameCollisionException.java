package io.github.gcrsync.rule;

/** Two source images would get the same destination name. Nothing has been copied. */
public final class NameCollisionException extends RuntimeException {
    public NameCollisionException(String message) {
        super(message);
    }
}
