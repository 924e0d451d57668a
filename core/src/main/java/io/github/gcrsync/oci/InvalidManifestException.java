package io.github.gcrsync.oci;

import io.github.gcrsync.text.Printable;
import tools.jackson.core.JacksonException;

/** Reports bytes that are not a valid manifest of the declared type; the message names the error. */
public final class InvalidManifestException extends IllegalArgumentException {
    public InvalidManifestException(String message) {
        super(message);
    }

    public InvalidManifestException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The parser's message quotes the content, so it is made printable. */
    static InvalidManifestException notJson(JacksonException e) {
        return new InvalidManifestException(
                "not valid JSON: " + Printable.shortened(String.valueOf(e.getOriginalMessage())), e);
    }
}
