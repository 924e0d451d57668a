package gcrsync.cli;

/** Flags that are right one by one and make no sense together; the message says what to write instead. */
final class UsageException extends RuntimeException {
    UsageException(String message) {
        super(message);
    }
}
