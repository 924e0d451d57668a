package io.github.gcrsync.oci;

import io.github.gcrsync.text.Json;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Detects a manifest's media type from its content. */
public final class ManifestKind {
    private ManifestKind() {}

    /**
     * Returns the named type if it is a manifest type, otherwise the type detected from the content. Plain file stores
     * name types such as {@code binary/octet-stream} (S3); a manifest read as an unknown type would be copied without
     * its layers.
     *
     * @return empty if neither yields a known manifest type
     */
    public static Optional<String> of(String named, byte[] content) {
        return MediaType.isManifest(named) ? Optional.of(named) : of(content);
    }

    /** Returns empty if the bytes are not a manifest. */
    public static Optional<String> of(byte[] content) {
        String declared = "";
        Set<String> fields = new TreeSet<>();
        try (JsonParser json = Json.parser(content)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            for (String field = json.nextName(); field != null; field = json.nextName()) {
                fields.add(field);
                if (json.nextToken() == JsonToken.VALUE_STRING && field.equals("mediaType")) {
                    declared = json.getString();
                } else {
                    json.skipChildren();
                }
            }
        } catch (JacksonException e) {
            return Optional.empty();
        }
        if (!declared.isEmpty()) {
            return Optional.of(declared).filter(MediaType::isManifest);
        }
        if (fields.contains("fsLayers")) { // Schema 1 has no "mediaType".
            return Optional.of(
                    fields.contains("signatures") ? MediaType.DOCKER_SCHEMA1_SIGNED : MediaType.DOCKER_SCHEMA1);
        }
        // "mediaType" is optional in both specifications; the lists then tell an OCI index from an OCI manifest.
        if (fields.contains("manifests")) {
            return Optional.of(MediaType.OCI_INDEX);
        }
        return fields.contains("config") && fields.contains("layers")
                ? Optional.of(MediaType.OCI_MANIFEST)
                : Optional.empty();
    }
}
