package gcrsync.mirror;

import gcrsync.oci.Digest;
import java.util.Optional;

/**
 * What a comparison found of one image.
 *
 * @param image {@code name:tag} relative to the namespace; for an extra one, its name at the destination
 * @param unknown why it could not be told
 */
public record Compared(
        String image, State state, Optional<Digest> source, Optional<Digest> destination, Optional<String> unknown) {
    public enum State {
        SAME,
        DIFFERENT,
        MISSING,
        /** At the destination only. */
        EXTRA,
        UNKNOWN
    }
}
