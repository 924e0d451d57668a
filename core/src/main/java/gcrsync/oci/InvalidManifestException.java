package gcrsync.oci;

/** Bytes that are not the manifest they are said to be; the message says what is wrong with them. */
public final class InvalidManifestException extends IllegalArgumentException {
    public InvalidManifestException(String message) {
        super(message);
    }

    public InvalidManifestException(String message, Throwable cause) {
        super(message, cause);
    }
}
