package io.github.gcrsync.check;

import io.github.gcrsync.oci.Digest;
import java.util.Optional;

/**
 * What a comparison found of one image.
 *
 * @param image {@code name:tag} relative to the namespace; for an extra one, its name at the destination
 * @param reason why it is unknown or damaged
 */
public record Compared(
        String image, State state, Optional<Digest> source, Optional<Digest> destination, Optional<String> reason) {
    public enum State {
        SAME,
        DIFFERENT,
        MISSING,
        /** The destination has the tag, but not all of the image. */
        DAMAGED,
        /** At the destination only. */
        EXTRA,
        /** Listed by the source, which does not have it any more. */
        GONE,
        UNKNOWN
    }
}
