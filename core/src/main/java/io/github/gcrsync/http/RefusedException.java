package io.github.gcrsync.http;

import io.github.gcrsync.text.Message;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A failure that a retry cannot solve. */
public class RefusedException extends IOException {
    private final transient Message message;

    public RefusedException(String message) {
        this(Message.of(message), null);
    }

    public RefusedException(String message, Throwable cause) {
        this(Message.of(message), cause);
    }

    public RefusedException(Message message, @Nullable Throwable cause) {
        super(message.toString(), cause);
        this.message = message;
    }

    /** The message, with its remedy kept apart. */
    public final Message message() {
        return message;
    }
}
