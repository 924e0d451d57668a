package io.github.gcrsync.signature;

import java.util.Base64;
import java.util.Optional;

/** Decodes base64 (RFC 4648, section 4). */
final class Base64Text {
    private Base64Text() {}

    /** Returns empty if the text is not base64. */
    static Optional<byte[]> decode(String text) {
        try {
            return Optional.of(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
