package io.github.gcrsync.oci;

import io.github.gcrsync.text.Json;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Tells a manifest's media type where nobody names one that is known. */
public final class ManifestKind {
    private ManifestKind() {}

    /**
     * The type that is named if it is one of a manifest, else what the content says. Stores of plain files name types such
     * as {@code binary/octet-stream} (S3), and a manifest read as an unknown type would be copied without its layers.
     *
     * @return empty if neither names a manifest type that is known here
     */
    public static Optional<String> of(String named, byte[] content) {
        return MediaType.isManifest(named) ? Optional.of(named) : of(content);
    }

    /** Empty if the bytes are not a manifest, but some other blob. */
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
        if (fields.contains("fsLayers")) { // Schema 1 is older than "mediaType".
            return Optional.of(
                    fields.contains("signatures") ? MediaType.DOCKER_SCHEMA1_SIGNED : MediaType.DOCKER_SCHEMA1);
        }
        // Both specifications let a manifest go without "mediaType"; OCI's shapes are then told apart by their lists.
        if (fields.contains("manifests")) {
            return Optional.of(MediaType.OCI_INDEX);
        }
        return fields.contains("config") && fields.contains("layers")
                ? Optional.of(MediaType.OCI_MANIFEST)
                : Optional.empty();
    }
}
