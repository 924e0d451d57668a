package io.github.gcrsync.check.drift;

import io.github.gcrsync.oci.Digest;
import java.util.Optional;

/**
 * One thing that is wrong with an image.
 *
 * @param digest of the content; of a tag that points elsewhere, what was found; empty if it is unknown
 */
public record Problem(Kind kind, Optional<Digest> digest, String reason) {
    static Problem of(Kind kind, Digest digest, String reason) {
        return new Problem(kind, Optional.of(digest), reason);
    }

    static Problem of(Kind kind, Digest digest, RuntimeException reason) {
        return of(kind, digest, String.valueOf(reason.getMessage()));
    }

    public boolean isDrift() {
        return kind != Kind.UNCHECKED;
    }
}
