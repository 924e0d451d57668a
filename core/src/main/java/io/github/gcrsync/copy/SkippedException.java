package io.github.gcrsync.copy;

/** Reports an image that is not copied, because it is for none of the wanted platforms. */
public final class SkippedException extends RuntimeException {
    SkippedException(String message) {
        super(message);
    }
}
