package io.github.gcrsync.content;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.ManifestKind;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.text.Printable;

/** Reads manifests out of a store, whatever the store says they are. */
public final class ManifestReader {
    private ManifestReader() {}

    /**
     * @param place where the manifest is, for messages
     * @param named the media type that the store names; if it is none of a manifest, the content decides
     * @throws ContentException.Unsupported if it is of a kind that cannot be copied with everything it names
     * @throws io.github.gcrsync.oci.InvalidManifestException if the content is not a manifest of its type
     */
    public static Manifest read(String place, String named, Digest digest, byte[] content) {
        String type = ManifestKind.of(named, content)
                .orElseThrow(() -> new ContentException.Unsupported(place + " has the media type \""
                        + Printable.shortened(named)
                        + "\", and its content is no manifest of a known type either; it is not copied"));
        if (MediaType.isSchema1(type)) {
            throw new ContentException.Unsupported(place
                    + " holds a Docker schema 1 manifest; its digest cannot be kept, so it is not copied."
                    + " Push the image anew with a current tool");
        }
        return Manifest.parse(type, digest, content);
    }
}
