package io.github.gcrsync.oci;

import io.github.gcrsync.text.Json;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads a manifest's artifact type and annotations for a list of referrers (OCI distribution specification, "Listing
 * Referrers").
 */
final class ReferrerParser {
    private String artifactType = "";
    private String configType = "";
    private Map<String, String> annotations = Map.of();

    private ReferrerParser() {}

    static Descriptor describe(Manifest manifest) {
        Descriptor plain = manifest.descriptor();
        ReferrerParser parser = new ReferrerParser();
        parser.read(manifest.content().toArray());
        // An image without "artifactType" uses its config's media type; an index has no config.
        String type = parser.artifactType.isEmpty() ? parser.configType : parser.artifactType;
        return new Descriptor(
                plain.mediaType(),
                plain.digest(),
                plain.size(),
                plain.platform(),
                type.isEmpty() ? plain.artifactType() : Optional.of(type),
                plain.urls(),
                parser.annotations);
    }

    private void read(byte[] content) {
        try (JsonParser json = Json.parser(content)) {
            json.nextToken();
            for (String field = json.nextName(); field != null; field = json.nextName()) {
                JsonToken value = json.nextToken();
                switch (field) {
                    case "artifactType" -> artifactType = value == JsonToken.VALUE_STRING ? json.getString() : "";
                    case "config" ->
                        configType = DescriptorJson.texts(json, value).getOrDefault("mediaType", "");
                    case "annotations" -> annotations = DescriptorJson.texts(json, value);
                    default -> json.skipChildren();
                }
            }
        } catch (JacksonException e) {
            throw InvalidManifestException.notJson(e);
        }
    }
}
