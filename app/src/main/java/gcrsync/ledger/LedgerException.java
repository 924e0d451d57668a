package gcrsync.ledger;

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

    public LedgerException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public LedgerException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
