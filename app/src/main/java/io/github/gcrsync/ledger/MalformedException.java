package io.github.gcrsync.ledger;

import io.github.gcrsync.text.Message;

/** A file violates its format; the caller knows the file and the commit. */
public final class MalformedException extends Exception {
    private final LedgerException.Kind kind;
    private final transient Message message;

    private MalformedException(LedgerException.Kind kind, String message) {
        this(kind, Message.of(message));
    }

    private MalformedException(LedgerException.Kind kind, Message message) {
        super(message.toString());
        this.kind = kind;
        this.message = message;
    }

    static MalformedException damaged(long line, String reason) {
        return new MalformedException(LedgerException.Kind.DAMAGED, "line " + line + ": " + reason);
    }

    static MalformedException conflictMarker(long line) {
        return new MalformedException(
                LedgerException.Kind.CONFLICT, "line " + line + " is a merge conflict marker left in the file");
    }

    static MalformedException newer(String reason) {
        return new MalformedException(LedgerException.Kind.NEWER, Message.of(reason, "upgrade gcrsync"));
    }

    /** Returns the message in its parts. */
    public Message message() {
        return message;
    }

    public LedgerException.Kind kind() {
        return kind;
    }
}
