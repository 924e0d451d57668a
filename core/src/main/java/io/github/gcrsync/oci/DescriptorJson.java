package io.github.gcrsync.oci;

import io.github.gcrsync.text.Json;
import io.github.gcrsync.text.Printable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads and writes descriptors as JSON objects (OCI image specification, "Content Descriptors"). */
public final class DescriptorJson {
    /**
     * The largest integer that every JSON reader represents exactly (RFC 8259, section 6): 9 PB, and sums do not
     * overflow.
     */
    private static final long LARGEST_SIZE = (1L << 53) - 1;

    private DescriptorJson() {}

    /**
     * @param content one JSON object
     * @throws InvalidManifestException if it is not a descriptor
     */
    public static Descriptor read(byte[] content) {
        try (JsonParser json = Json.parser(content)) {
            return read(json, json.nextToken(), "descriptor");
        } catch (JacksonException e) {
            throw InvalidManifestException.notJson(e);
        }
    }

    /** Writes the descriptor as one JSON object, without empty fields and with sorted annotations. */
    public static void write(JsonGenerator json, Descriptor descriptor) {
        json.writeStartObject();
        json.writeStringProperty("mediaType", descriptor.mediaType());
        json.writeStringProperty("digest", descriptor.digest().value());
        json.writeNumberProperty("size", descriptor.size());
        if (!descriptor.urls().isEmpty()) {
            json.writeArrayPropertyStart("urls");
            descriptor.urls().forEach(json::writeString);
            json.writeEndArray();
        }
        if (!descriptor.annotations().isEmpty()) {
            json.writeObjectPropertyStart("annotations");
            new TreeMap<>(descriptor.annotations()).forEach(json::writeStringProperty);
            json.writeEndObject();
        }
        descriptor.platform().ifPresent(platform -> {
            json.writeObjectPropertyStart("platform");
            json.writeStringProperty("architecture", platform.architecture());
            json.writeStringProperty("os", platform.os());
            platform.osVersion().ifPresent(version -> json.writeStringProperty("os.version", version));
            platform.variant().ifPresent(variant -> json.writeStringProperty("variant", variant));
            json.writeEndObject();
        });
        descriptor.artifactType().ifPresent(type -> json.writeStringProperty("artifactType", type));
        json.writeEndObject();
    }

    /** Reads the object that starts at the parser's current token; {@code where} names it in errors. */
    public static Descriptor read(JsonParser json, @Nullable JsonToken first, String where) {
        if (first != JsonToken.START_OBJECT) {
            throw new InvalidManifestException("\"" + where + "\" holds something that is not a descriptor");
        }
        String mediaType = "";
        @Nullable String digest = null;
        long size = -1;
        Optional<Platform> platform = Optional.empty();
        Optional<String> artifactType = Optional.empty();
        List<String> urls = new ArrayList<>();
        Map<String, String> annotations = Map.of();
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            JsonToken value = json.nextToken();
            switch (name) {
                case "mediaType" -> mediaType = text(json, value, name);
                case "digest" -> digest = text(json, value, name);
                case "size" -> size = size(json, value, where);
                case "artifactType" -> artifactType = Optional.of(text(json, value, name));
                case "platform" -> platform = Platform.of(texts(json, value));
                case "urls" -> strings(json, value, urls);
                case "annotations" -> annotations = texts(json, value);
                default -> json.skipChildren();
            }
        }
        if (digest == null || size < 0) {
            throw new InvalidManifestException("\"" + where + "\" has a descriptor without digest or size");
        }
        if (!Digest.isValid(digest)) {
            throw new InvalidManifestException(
                    "\"" + where + "\" has a digest that is not sha256 or sha512: " + Printable.shortened(digest));
        }
        return new Descriptor(mediaType, new Digest(digest), size, platform, artifactType, urls, annotations);
    }

    /** Reads the string fields of an object; no other fields are needed (Windows images have os.features). */
    static Map<String, String> texts(JsonParser json, @Nullable JsonToken first) {
        if (first != JsonToken.START_OBJECT) {
            json.skipChildren();
            return Map.of();
        }
        Map<String, String> texts = new LinkedHashMap<>();
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            if (json.nextToken() == JsonToken.VALUE_STRING) {
                texts.put(name, json.getString());
            } else {
                json.skipChildren();
            }
        }
        return texts;
    }

    private static void strings(JsonParser json, @Nullable JsonToken first, List<String> into) {
        if (first != JsonToken.START_ARRAY) {
            json.skipChildren();
            return;
        }
        for (JsonToken token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
            if (token == JsonToken.VALUE_STRING) {
                into.add(json.getString());
            } else {
                json.skipChildren();
            }
        }
    }

    private static long size(JsonParser json, @Nullable JsonToken value, String where) {
        if (value != JsonToken.VALUE_NUMBER_INT) {
            throw new InvalidManifestException("\"" + where + "\" has a size that is not an integer");
        }
        long size = json.getLongValue();
        if (size < 0 || size > LARGEST_SIZE) {
            throw new InvalidManifestException("\"" + where + "\" has an impossible size: " + size);
        }
        return size;
    }

    private static String text(JsonParser json, @Nullable JsonToken value, String name) {
        if (value != JsonToken.VALUE_STRING) {
            throw new InvalidManifestException("\"" + name + "\" is not a string");
        }
        return json.getString();
    }
}
