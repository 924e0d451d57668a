package io.github.gcrsync.rule;

/** Two source images that would land on one name; nothing has been copied. */
public final class NameCollisionException extends RuntimeException {
    public NameCollisionException(String message) {
        super(message);
    }
}
