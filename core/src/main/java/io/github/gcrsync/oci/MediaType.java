package io.github.gcrsync.oci;

import java.util.List;

/** The media types that tell an image from an index (OCI image specification; Docker's image manifest, version 2). */
public final class MediaType {
    public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    public static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
    public static final String DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
    public static final String DOCKER_MANIFEST_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
    /** ORAS's short-lived manifest of its own, still found in registries: blobs instead of layers. */
    public static final String OCI_ARTIFACT = "application/vnd.oci.artifact.manifest.v1+json";
    /** The same before it became OCI's for a while. */
    public static final String ORAS_ARTIFACT = "application/vnd.cncf.oras.artifact.manifest.v1+json";

    public static final String DOCKER_SCHEMA1 = "application/vnd.docker.distribution.manifest.v1+json";
    public static final String DOCKER_SCHEMA1_SIGNED = "application/vnd.docker.distribution.manifest.v1+prettyjws";

    /**
     * What a client accepts as a manifest. Schema 1 is named although it is refused: a registry that holds nothing
     * else then says so, instead of answering with a 404 that looks like a missing tag.
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

    /** Whether its content is in "blobs", and there need not be a config. */
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
     * Of a layer that must not be distributed: it lies elsewhere and is only named (image specification,
     * "Non-Distributable Layers"). Registries take the manifest without it.
     */
    public static boolean isForeign(String mediaType) {
        return mediaType.contains(".nondistributable.") || mediaType.contains(".foreign.");
    }

    /** A {@code Content-Type} header's media type, without parameters and in lower case. */
    public static String ofHeader(String contentType) {
        int parameters = contentType.indexOf(';');
        return (parameters < 0 ? contentType : contentType.substring(0, parameters))
                .strip()
                .toLowerCase(java.util.Locale.ROOT);
    }
}
