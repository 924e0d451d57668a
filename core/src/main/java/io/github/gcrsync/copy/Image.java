package io.github.gcrsync.copy;

import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.Platforms;

/**
 * An image that is copied.
 *
 * @param digest at the source
 * @param reading receives the progress of reading the source
 */
record Image(Digest digest, Choice choice, ImageSource source, CopyListener reading) {
    /**
     * @throws CopyException if the source cannot be read
     * @throws SkippedException if the image is for none of the platforms
     */
    static Image read(ImageSource source, String tagOrDigest, Platforms platforms, CopyListener reading) {
        Manifest root = Sided.atSource(() -> source.manifest(tagOrDigest));
        Choice choice = Sided.atSource(() -> Choice.of(root, source, platforms));
        return new Image(root.descriptor().digest(), choice, source, reading);
    }

    /** Returns the descriptor at the destination. */
    Descriptor stored() {
        return choice.root().descriptor();
    }

    /** Returns the tag at the target, or the digest of an image without a tag. */
    String nameAt(CopyTarget target) {
        return target.tagOrDigest().equals(digest.value()) ? stored().digest().value() : target.tagOrDigest();
    }
}
