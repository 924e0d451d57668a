package io.github.gcrsync.copy;

import io.github.gcrsync.content.ContentException;

/** Reports a failed copy, with the side at fault and its reason. */
public final class CopyException extends RuntimeException {
    private final Side side;
    private final ContentException reason;

    public CopyException(Side side, ContentException reason) {
        super(side.name().toLowerCase(java.util.Locale.ROOT) + ": " + reason.getMessage(), reason);
        this.side = side;
        this.reason = reason;
    }

    public Side side() {
        return side;
    }

    public ContentException reason() {
        return reason;
    }
}
