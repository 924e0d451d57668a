package io.github.gcrsync.ledger;

import io.github.gcrsync.text.Message;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The metadata repository cannot be used. The message says what happened, where, and what to do; it contains no
 * secrets.
 */
public final class LedgerException extends RuntimeException {
    public enum Kind {
        /** Credentials are missing or refused, or a rule of the remote forbids the push. */
        REFUSED,
        /** The remote is unreachable or its response is invalid. */
        UNREACHABLE,
        /** A file or the repository is damaged. */
        DAMAGED,
        /** A later version wrote a file. */
        NEWER,
        /** Another process holds the lock. */
        LOCKED,
        /** Changes of others conflict, and only a person can resolve them. */
        CONFLICT,
        /** The settings do not name a usable location. */
        UNUSABLE
    }

    private final Kind kind;
    private final transient Optional<String> remedy;

    public LedgerException(Kind kind, String message) {
        this(kind, Message.of(message), null);
    }

    public LedgerException(Kind kind, String what, String remedy) {
        this(kind, Message.of(what, remedy), null);
    }

    public LedgerException(Kind kind, String message, Throwable cause) {
        this(kind, Message.of(message), cause);
    }

    public LedgerException(Kind kind, Message message, @Nullable Throwable cause) {
        super(message.toString(), cause);
        this.kind = kind;
        this.remedy = message.remedy();
    }

    /** Returns the remedy, which is also at the end of the message. */
    public Optional<String> remedy() {
        return remedy;
    }

    public Kind kind() {
        return kind;
    }
}
