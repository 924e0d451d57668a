package io.github.gcrsync.check;

import io.github.gcrsync.oci.Digest;
import java.util.Optional;

/**
 * The result of comparing one image.
 *
 * @param image {@code name:tag} relative to the namespace; for an extra image, its name at the destination
 * @param reason why the state is unknown, damaged or incomplete
 */
public record Compared(
        String image, State state, Optional<Digest> source, Optional<Digest> destination, Optional<String> reason) {
    public enum State {
        SAME,
        DIFFERENT,
        MISSING,
        /** The destination has the tag, but part of the image is missing. */
        DAMAGED,
        /** The destination has the image, but not all of its signatures and other referrers. */
        INCOMPLETE,
        /** Only the destination has it. */
        EXTRA,
        /** The source lists the tag, but deleted its manifest. */
        GONE,
        UNKNOWN
    }
}
