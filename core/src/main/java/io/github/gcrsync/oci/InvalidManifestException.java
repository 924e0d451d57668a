package io.github.gcrsync.oci;

import io.github.gcrsync.text.Printable;
import tools.jackson.core.JacksonException;

/** Bytes that are not the manifest they are said to be; the message says what is wrong with them. */
public final class InvalidManifestException extends IllegalArgumentException {
    public InvalidManifestException(String message) {
        super(message);
    }

    public InvalidManifestException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The parser's own message quotes what it found, so it is made printable. */
    static InvalidManifestException notJson(JacksonException e) {
        return new InvalidManifestException(
                "not valid JSON: " + Printable.shortened(String.valueOf(e.getOriginalMessage())), e);
    }
}
