package io.github.gcrsync.prune;

/** An image that is deleted, or would be. */
public record Deletion(DueImage image, Kind kind) {
    public enum Kind {
        /** The manifest, with the tag and with everything that only this image needs. */
        IMAGE,
        /** Only the tag: something else needs the manifest. */
        TAG,
        /** The destination lacks it already; the ledger forgets it. */
        MISSING
    }
}
