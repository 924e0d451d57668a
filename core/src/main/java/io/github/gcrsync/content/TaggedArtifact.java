package io.github.gcrsync.content;

import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.text.Message;
import io.github.gcrsync.text.Sizes;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** An artifact of cosign under its tag. It collects the signatures of all signers, each as a layer. */
public final class TaggedArtifact {
    private TaggedArtifact() {}

    /**
     * Returns whether the destination has all layers of an artifact under its tag.
     *
     * @throws ContentException if it has others that would be lost
     */
    public static boolean isAt(ImageDestination destination, String tag, Manifest wanted) {
        Manifest found;
        try {
            Optional<Descriptor> known = destination.resolve(tag);
            if (known.isEmpty()) {
                return false;
            }
            if (known.get().digest().equals(wanted.descriptor().digest())) {
                return true;
            }
            if (tag.endsWith(".sbom")) {
                return false; // One SBOM replaces another.
            }
            found = destination.manifest(tag);
        } catch (ContentException.NotFound | ContentException.Incomplete e) {
            return false;
        } catch (ContentException.Denied e) {
            TagLookup.requireMissing(destination, tag, e);
            return false;
        }
        // Signatures of one image by several keys differ only in the annotations of their layers.
        Set<Descriptor> layers = new HashSet<>(found.layers());
        Set<Descriptor> wantedLayers = new HashSet<>(wanted.layers());
        if (layers.containsAll(wantedLayers)) {
            return true;
        }
        layers.removeAll(wantedLayers);
        if (layers.isEmpty()) {
            return false;
        }
        throw new ContentException.Unsupported(Message.of(
                "the tag " + tag + " has " + Sizes.count(layers.size(), "layer")
                        + " that the source lacks, for example a signature that was added there; it is not overwritten",
                "delete this tag at the destination if it needs only what the source has"));
    }
}
