package io.github.gcrsync.ledger;

import io.github.gcrsync.oci.RepositoryName;

/**
 * What became of a recorded image at the source.
 *
 * @param name relative to the source
 * @param reference a tag or a digest
 */
public record Sighting(RepositoryName name, String reference, State state) {
    public enum State {
        /** It is mirrored, or waits to be. */
        SELECTED,
        /** The source has it, but the rule no longer selects it. */
        UNSELECTED,
        /** The source no longer has it. */
        GONE
    }

    /** Returns {@code name:tag} or {@code name@digest}. */
    public String key() {
        return ImageKey.text(name, reference);
    }

    public static Sighting of(Recorded image, State state) {
        return new Sighting(image.name(), image.reference(), state);
    }
}
