package gcrsync.layout;

import gcrsync.oci.Json;
import gcrsync.oci.MediaType;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Tells a manifest's media type from its bytes, for those that no index entry names. */
final class ManifestKind {
    private ManifestKind() {}

    /** Empty if the bytes are not a manifest, but some other blob. */
    static Optional<String> of(byte[] content) {
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
        // Both specifications let a manifest go without "mediaType"; OCI's shapes are then told apart by their lists.
        if (fields.contains("manifests")) {
            return Optional.of(MediaType.OCI_INDEX);
        }
        return fields.contains("config") && fields.contains("layers")
                ? Optional.of(MediaType.OCI_MANIFEST)
                : Optional.empty();
    }
}
