package io.github.gcrsync.copy;

import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.oci.Platforms;
import java.util.Map;
import java.util.Set;

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

    /** Returns an image of other content that belongs to this one: all of it is copied, for any platform. */
    Image beside(Manifest content) {
        return new Image(
                digest,
                new Choice(content, Set.of(), Map.of(content.descriptor().digest(), content)),
                source,
                reading);
    }

    /**
     * Adds the manifests that are copied with the root, at any depth.
     *
     * @param absent at the source
     * @throws CopyException if the source cannot be read
     */
    void addChildren(Set<Digest> found, Set<Digest> absent) {
        add(choice.root(), found, absent, 0);
    }

    private void add(Manifest manifest, Set<Digest> found, Set<Digest> absent, int depth) {
        if (!(manifest instanceof Manifest.Index index) || depth > ManifestCopies.DEEPEST) {
            return;
        }
        for (Descriptor child : index.manifests()) {
            Digest name = child.digest();
            boolean isCopied = MediaType.isManifest(child.mediaType())
                    && !choice.skipped().contains(name)
                    && !absent.contains(name);
            if (isCopied && found.add(name) && MediaType.isIndex(child.mediaType())) {
                Manifest known = choice.indexes().get(name);
                add(
                        known == null ? Sided.atSource(() -> source.manifest(name.value())) : known,
                        found,
                        absent,
                        depth + 1);
            }
        }
    }
}
