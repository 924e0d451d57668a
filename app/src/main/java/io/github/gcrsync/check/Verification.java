package io.github.gcrsync.check;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HashSet;
import java.util.Set;

/** Reads images back with all their content; reading verifies every digest. */
public final class Verification {
    private final Set<Digest> seen = new HashSet<>();
    private long bytes;

    /** Returns the number of different manifests and blobs read so far. */
    public int contents() {
        return seen.size();
    }

    public long bytes() {
        return bytes;
    }

    public boolean isIntact(ImageSource repository, String tag, String digest) {
        try {
            Manifest root = repository.manifest(tag);
            read(repository, root);
            return root.descriptor().digest().value().equals(digest);
        } catch (ContentException | IOException e) {
            return false;
        }
    }

    private void read(ImageSource repository, Manifest manifest) throws IOException {
        if (seen.add(manifest.descriptor().digest())) {
            bytes += manifest.descriptor().size();
        }
        for (Descriptor child : manifest.children()) {
            if (MediaType.isManifest(child.mediaType())) {
                read(repository, repository.manifest(child.digest().value()));
            } else {
                try (InputStream in = repository.blob(child).openAt(0)) {
                    in.transferTo(OutputStream.nullOutputStream());
                }
                if (seen.add(child.digest())) {
                    bytes += child.size();
                }
            }
        }
    }
}
