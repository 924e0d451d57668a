package io.github.gcrsync.layout;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.ManifestReader;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.InvalidManifestException;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.ManifestKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Reads manifests among the blobs of one layout. */
final class ManifestFiles {
    /** The size that the OCI distribution specification asks registries to support ("Pushing Manifests"). */
    static final int LONGEST = 4 << 20;

    private final LayoutFolder folder;

    ManifestFiles(LayoutFolder folder) {
        this.folder = folder;
    }

    /**
     * Returns the descriptor of a manifest without an index entry; empty if there is no undamaged manifest with this
     * digest.
     */
    Optional<Descriptor> describe(Digest digest) {
        Path file = folder.blob(digest);
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > LONGEST) {
                return Optional.empty();
            }
        } catch (IOException e) {
            throw LayoutErrors.unreachable("cannot read", file, e);
        }
        byte[] content = bytes(digest);
        return digest.ofSameAlgorithm(content).equals(digest)
                ? ManifestKind.of(content).map(type -> new Descriptor(type, digest, content.length))
                : Optional.empty();
    }

    /**
     * @throws ContentException.Corrupt if the file does not match the descriptor
     * @throws ContentException.NotFound if the file does not exist
     * @throws ContentException.Unsupported if neither the descriptor nor the file identifies the kind of manifest
     */
    Manifest read(Descriptor descriptor) {
        Digest digest = descriptor.digest();
        byte[] content = whole(descriptor);
        try {
            return ManifestReader.read(folder.placeOf(digest), descriptor.mediaType(), digest, content);
        } catch (InvalidManifestException e) {
            throw new ContentException.Corrupt(folder.placeOf(digest) + ": " + e.getMessage(), e);
        }
    }

    /** Reads and verifies a file that need not be a manifest. */
    byte[] whole(Descriptor descriptor) {
        Digest digest = descriptor.digest();
        byte[] content = bytes(digest);
        if (content.length != descriptor.size()
                || !digest.ofSameAlgorithm(content).equals(digest)) {
            throw folder.damaged(digest);
        }
        return content;
    }

    private byte[] bytes(Digest digest) {
        Path file = folder.blob(digest);
        if (!Files.isRegularFile(file)) {
            throw folder.missing(digest, "manifest");
        }
        try {
            if (Files.size(file) > LONGEST) {
                throw new ContentException.Unsupported(
                        folder.placeOf(digest) + ": a manifest of more than " + (LONGEST >> 20) + " MiB");
            }
            return BoundedFile.read(file, LONGEST);
        } catch (IOException e) {
            throw LayoutErrors.unreachable("cannot read", file, e);
        }
    }
}
