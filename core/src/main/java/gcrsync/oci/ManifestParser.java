package gcrsync.oci;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads the descriptors out of manifests and indexes (OCI image specification; Docker's image manifest, version 2). */
final class ManifestParser {
    /** Far above any real image (127 layers at most), far below what would hurt. */
    private static final int MOST_CHILDREN = 10_000;

    private ManifestParser() {}

    static Manifest parse(Descriptor descriptor, byte[] content) {
        String type = descriptor.mediaType();
        if (!MediaType.isIndex(type) && !MediaType.isImage(type)) {
            return new Manifest.Opaque(Bytes.copyOf(content), descriptor);
        }
        try (JsonParser json = Json.parser(content)) {
            return parse(json, descriptor, Bytes.copyOf(content));
        } catch (JacksonException e) {
            throw new InvalidManifestException("not valid JSON: " + e.getOriginalMessage(), e);
        } catch (InvalidManifestException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new InvalidManifestException(String.valueOf(e.getMessage()), e);
        }
    }

    private static Manifest parse(JsonParser json, Descriptor descriptor, Bytes content) {
        Optional<Descriptor> config = Optional.empty();
        Optional<Descriptor> subject = Optional.empty();
        List<Descriptor> layers = List.of();
        List<Descriptor> manifests = List.of();
        boolean sawLayers = false;
        boolean sawManifests = false;
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw new InvalidManifestException("not a JSON object");
        }
        for (String field = json.nextName(); field != null; field = json.nextName()) {
            JsonToken value = json.nextToken();
            switch (field) {
                case "config" -> config = optionalDescriptor(json, value, field);
                case "subject" -> subject = optionalDescriptor(json, value, field);
                case "layers", "blobs" -> {
                    layers = descriptors(json, value, field);
                    sawLayers = true;
                }
                case "manifests" -> {
                    manifests = descriptors(json, value, field);
                    sawManifests = true;
                }
                default -> json.skipChildren();
            }
        }
        if (json.nextToken() != null) {
            throw new InvalidManifestException("something follows the JSON object");
        }
        // One document that can be read as both would be copied as one and pulled as the other (CVE-2021-41190).
        if (sawManifests && (sawLayers || config.isPresent())) {
            throw new InvalidManifestException("both an image and an index");
        }
        if (MediaType.isIndex(descriptor.mediaType())) {
            if (!sawManifests) {
                throw new InvalidManifestException("an index without \"manifests\"");
            }
            return new Manifest.Index(content, descriptor, manifests, subject);
        }
        boolean needsConfig = !descriptor.mediaType().equals(MediaType.OCI_ARTIFACT);
        if (sawManifests || (needsConfig && config.isEmpty())) {
            throw new InvalidManifestException("an image manifest without \"config\"");
        }
        List<Descriptor> blobs = new ArrayList<>(layers.size() + 1);
        config.ifPresent(blobs::add);
        blobs.addAll(layers);
        return new Manifest.Image(content, descriptor, List.copyOf(blobs), subject);
    }

    private static List<Descriptor> descriptors(JsonParser json, JsonToken first, String field) {
        if (first == JsonToken.VALUE_NULL) {
            return List.of();
        }
        if (first != JsonToken.START_ARRAY) {
            throw new InvalidManifestException("\"" + field + "\" is not an array");
        }
        List<Descriptor> found = new ArrayList<>();
        for (JsonToken token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
            if (found.size() == MOST_CHILDREN) {
                throw new InvalidManifestException("\"" + field + "\" has more than " + MOST_CHILDREN + " entries");
            }
            found.add(descriptor(json, token, field));
        }
        return List.copyOf(found);
    }

    private static Optional<Descriptor> optionalDescriptor(JsonParser json, JsonToken first, String field) {
        return first == JsonToken.VALUE_NULL ? Optional.empty() : Optional.of(descriptor(json, first, field));
    }

    private static Descriptor descriptor(JsonParser json, JsonToken first, String field) {
        if (first != JsonToken.START_OBJECT) {
            throw new InvalidManifestException("\"" + field + "\" holds something that is not a descriptor");
        }
        String mediaType = "";
        @Nullable String digest = null;
        long size = -1;
        Optional<Platform> platform = Optional.empty();
        Optional<String> artifactType = Optional.empty();
        List<String> urls = new ArrayList<>();
        Map<String, String> annotations = new LinkedHashMap<>();
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            JsonToken value = json.nextToken();
            switch (name) {
                case "mediaType" -> mediaType = text(json, value, name);
                case "digest" -> digest = text(json, value, name);
                case "size" -> {
                    if (value != JsonToken.VALUE_NUMBER_INT) {
                        throw new InvalidManifestException("\"" + field + "\" has a size that is not a whole number");
                    }
                    size = json.getLongValue();
                }
                case "artifactType" -> artifactType = Optional.of(text(json, value, name));
                case "platform" -> platform = platform(json, value);
                case "urls" -> strings(json, value, urls);
                case "annotations" -> annotations(json, value, annotations);
                default -> json.skipChildren();
            }
        }
        if (digest == null || size < 0) {
            throw new InvalidManifestException("\"" + field + "\" has a descriptor without digest or size");
        }
        return new Descriptor(mediaType, new Digest(digest), size, platform, artifactType, urls, annotations);
    }

    private static Optional<Platform> platform(JsonParser json, JsonToken first) {
        Map<String, String> fields = new LinkedHashMap<>();
        annotations(json, first, fields);
        return fields.isEmpty()
                ? Optional.empty()
                : Optional.of(new Platform(
                        fields.getOrDefault("os", ""),
                        fields.getOrDefault("architecture", ""),
                        Optional.ofNullable(fields.get("variant"))));
    }

    /** The text fields of an object; others (Windows lists os.features) tell nothing needed here. */
    private static void annotations(JsonParser json, JsonToken first, Map<String, String> into) {
        if (first != JsonToken.START_OBJECT) {
            json.skipChildren();
            return;
        }
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            if (json.nextToken() == JsonToken.VALUE_STRING) {
                into.put(name, json.getString());
            } else {
                json.skipChildren();
            }
        }
    }

    private static void strings(JsonParser json, JsonToken first, List<String> into) {
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

    private static String text(JsonParser json, JsonToken value, String name) {
        if (value != JsonToken.VALUE_STRING) {
            throw new InvalidManifestException("\"" + name + "\" is not a string");
        }
        return json.getString();
    }
}
