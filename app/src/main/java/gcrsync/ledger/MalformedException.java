package gcrsync.ledger;

/** Content that is not what its file's format says; the caller knows which file and which commit. */
public final class MalformedException extends Exception {
    private final LedgerException.Kind kind;

    private MalformedException(LedgerException.Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    static MalformedException damaged(long line, String reason) {
        return new MalformedException(LedgerException.Kind.DAMAGED, "line " + line + ": " + reason);
    }

    static MalformedException damaged(String reason) {
        return new MalformedException(LedgerException.Kind.DAMAGED, reason);
    }

    static MalformedException conflictMarker(long line) {
        return new MalformedException(
                LedgerException.Kind.CONFLICT, "line " + line + " is a merge conflict marker left in the file");
    }

    static MalformedException newer(String reason) {
        return new MalformedException(LedgerException.Kind.NEWER, reason);
    }

    public LedgerException.Kind kind() {
        return kind;
    }
}
