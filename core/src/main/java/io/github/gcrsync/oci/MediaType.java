package io.github.gcrsync.oci;

import java.util.List;

/** The media types of images and indexes (OCI image specification; Docker's image manifest, version 2). */
public final class MediaType {
    public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    public static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
    public static final String DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
    public static final String DOCKER_MANIFEST_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
    /** The withdrawn OCI artifact manifest, still found in registries: "blobs" instead of "layers". */
    public static final String OCI_ARTIFACT = "application/vnd.oci.artifact.manifest.v1+json";
    /** Its predecessor from ORAS. */
    public static final String ORAS_ARTIFACT = "application/vnd.cncf.oras.artifact.manifest.v1+json";

    public static final String DOCKER_SCHEMA1 = "application/vnd.docker.distribution.manifest.v1+json";
    public static final String DOCKER_SCHEMA1_SIGNED = "application/vnd.docker.distribution.manifest.v1+prettyjws";

    /**
     * The manifest types that a client accepts. Schema 1 is included although it is refused: a registry that has only
     * schema 1 then serves it, instead of answering a 404 that looks like a missing tag.
     */
    public static final List<String> MANIFESTS = List.of(
            OCI_INDEX,
            OCI_MANIFEST,
            DOCKER_MANIFEST_LIST,
            DOCKER_MANIFEST,
            OCI_ARTIFACT,
            ORAS_ARTIFACT,
            DOCKER_SCHEMA1_SIGNED,
            DOCKER_SCHEMA1);

    private MediaType() {}

    public static boolean isIndex(String mediaType) {
        return mediaType.equals(OCI_INDEX) || mediaType.equals(DOCKER_MANIFEST_LIST);
    }

    public static boolean isImage(String mediaType) {
        return mediaType.equals(OCI_MANIFEST) || mediaType.equals(DOCKER_MANIFEST) || isArtifact(mediaType);
    }

    /** Whether the content is in "blobs" and a config is optional. */
    static boolean isArtifact(String mediaType) {
        return mediaType.equals(OCI_ARTIFACT) || mediaType.equals(ORAS_ARTIFACT);
    }

    public static boolean isManifest(String mediaType) {
        return isIndex(mediaType) || isImage(mediaType) || isSchema1(mediaType);
    }

    public static boolean isSchema1(String mediaType) {
        return mediaType.equals(DOCKER_SCHEMA1) || mediaType.equals(DOCKER_SCHEMA1_SIGNED);
    }

    /**
     * Whether a layer must not be distributed: it is stored elsewhere and only named (image specification,
     * "Non-Distributable Layers"). Registries accept the manifest without it.
     */
    public static boolean isForeign(String mediaType) {
        return mediaType.contains(".nondistributable.") || mediaType.contains(".foreign.");
    }

    /** Returns the media type of a {@code Content-Type} header, without parameters and in lower case. */
    public static String ofHeader(String contentType) {
        int parameters = contentType.indexOf(';');
        return (parameters < 0 ? contentType : contentType.substring(0, parameters))
                .strip()
                .toLowerCase(java.util.Locale.ROOT);
    }
}
