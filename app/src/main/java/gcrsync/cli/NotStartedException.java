package gcrsync.cli;

/** A command that cannot do its work at all; the message says why and what to do. */
final class NotStartedException extends RuntimeException {
    NotStartedException(String message, Throwable cause) {
        super(message, cause);
    }

    NotStartedException(String message) {
        super(message);
    }
}
