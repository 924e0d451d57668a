package io.github.gcrsync.ledger;

import io.github.gcrsync.text.Message;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The metadata repository cannot be used. The message says what happened, where, and what to do; it holds no secret. */
public final class LedgerException extends RuntimeException {
    public enum Kind {
        /** Credentials missing or refused, or the remote's own rules forbid the push. */
        REFUSED,
        /** The remote cannot be reached, or answers nonsense. */
        UNREACHABLE,
        /** A file or the repository itself is not readable as what it should be. */
        DAMAGED,
        /** A file was written by a later version. */
        NEWER,
        /** Another process holds the repository. */
        LOCKED,
        /** Someone else's changes stand in the way, and only a person can tell what is right. */
        CONFLICT,
        /** The settings name no usable place. */
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

    /** What to do, as the end of the message says it. */
    public Optional<String> remedy() {
        return remedy;
    }

    public Kind kind() {
        return kind;
    }
}
