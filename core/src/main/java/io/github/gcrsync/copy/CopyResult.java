package io.github.gcrsync.copy;

import io.github.gcrsync.oci.Descriptor;

/** What became of the copy to one of several targets. */
public sealed interface CopyResult {
    /**
     * @param manifest under the tag; a rewritten index has another digest than the source's
     * @param referrers those that belong to the image; none unless {@link CopyOptions#withReferrers} asks for them
     */
    record Stored(Descriptor manifest, CopiedReferrers referrers) implements CopyResult {}

    record Failed(CopyException reason) implements CopyResult {}

    /**
     * The target was so slow that the others did not wait for it. It needs a copy of its own, by
     * {@link Copier#apart}.
     */
    record Behind() implements CopyResult {}
}
