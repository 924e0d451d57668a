package io.github.gcrsync.content;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.ManifestKind;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.text.Printable;

/** Parses manifests of a store, which may declare a wrong media type. */
public final class ManifestReader {
    private ManifestReader() {}

    /**
     * @param place location of the manifest, for messages
     * @param named the media type that the store declares; if it is not a manifest type, the content decides
     * @throws ContentException.Unsupported if the manifest is of a kind that cannot be copied with all its content
     * @throws io.github.gcrsync.oci.InvalidManifestException if the content is not a valid manifest of its type
     */
    public static Manifest read(String place, String named, Digest digest, byte[] content) {
        String type = ManifestKind.of(named, content)
                .orElseThrow(() -> new ContentException.Unsupported(place + " has the media type \""
                        + Printable.shortened(named)
                        + "\", and its content is not a known manifest type either; it is not copied"));
        if (MediaType.isSchema1(type)) {
            throw new ContentException.Unsupported(place
                    + " is a Docker schema 1 manifest; it is not copied, because its digest cannot be preserved."
                    + " Push the image again with a current tool");
        }
        return Manifest.parse(type, digest, content);
    }
}
