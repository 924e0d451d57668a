package io.github.gcrsync.oci;

import io.github.gcrsync.text.Json;
import io.github.gcrsync.text.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Parses the descriptors of manifests and indexes (OCI image specification; Docker's image manifest, version 2). */
final class ManifestParser {
    /** Far above any real image (at most 127 layers), and small enough to be harmless. */
    private static final int MOST_CHILDREN = 10_000;

    /** The fields that determine which content a manifest names. */
    private static final Set<String> FIELDS = Set.of("config", "layers", "blobs", "manifests", "subject", "mediaType");

    private final Descriptor descriptor;
    private Optional<Descriptor> config = Optional.empty();
    private Optional<Descriptor> subject = Optional.empty();
    private List<Descriptor> layers = List.of();
    private List<Descriptor> manifests = List.of();
    private String declaredType = "";
    private boolean sawLayers;
    private boolean sawManifests;

    private ManifestParser(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    static Manifest parse(Descriptor descriptor, byte[] content) {
        String type = descriptor.mediaType();
        if (!MediaType.isIndex(type) && !MediaType.isImage(type)) {
            throw new InvalidManifestException("unknown media type: \"" + Printable.shortened(type) + "\"");
        }
        try (JsonParser json = Json.parser(content)) {
            ManifestParser parser = new ManifestParser(descriptor);
            parser.read(json);
            return parser.manifest(Bytes.copyOf(content));
        } catch (JacksonException e) {
            throw InvalidManifestException.notJson(e);
        }
    }

    private void read(JsonParser json) {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw new InvalidManifestException("not a JSON object");
        }
        for (String field = json.nextName(); field != null; field = json.nextName()) {
            field(json, field, json.nextToken());
        }
        if (json.nextToken() != null) {
            throw new InvalidManifestException("unexpected data after the JSON object");
        }
    }

    private void field(JsonParser json, String field, @Nullable JsonToken value) {
        // Go's JSON decoder, which most registries and runtimes use, accepts "Layers" for "layers": two readers would
        // see two different images.
        if (!FIELDS.contains(field) && FIELDS.stream().anyMatch(field::equalsIgnoreCase)) {
            throw new InvalidManifestException(
                    "a field name in the wrong case: \"" + Printable.shortened(field) + "\"");
        }
        // Go programs encode an empty list as null.
        boolean isNull = value == JsonToken.VALUE_NULL;
        switch (field) {
            case "config" -> config = optionalDescriptor(json, value, field);
            case "subject" -> subject = optionalDescriptor(json, value, field);
            case "layers" -> {
                layers = descriptors(json, value, field);
                sawLayers |= !isNull;
            }
            case "blobs" -> {
                if (MediaType.isArtifact(descriptor.mediaType())) {
                    layers = descriptors(json, value, field);
                    sawLayers |= !isNull;
                } else {
                    json.skipChildren();
                }
            }
            case "manifests" -> {
                manifests = descriptors(json, value, field);
                sawManifests |= !isNull || MediaType.isIndex(descriptor.mediaType());
            }
            case "mediaType" -> declaredType = value == JsonToken.VALUE_STRING ? json.getString() : skipped(json);
            default -> json.skipChildren();
        }
    }

    private Manifest manifest(Bytes content) {
        // An ambiguous document would be copied as one type and pulled as the other (CVE-2021-41190).
        boolean isIndex = MediaType.isIndex(descriptor.mediaType());
        boolean declaredOtherwise = isIndex ? MediaType.isImage(declaredType) : MediaType.isIndex(declaredType);
        if (declaredOtherwise || (sawManifests && (sawLayers || config.isPresent()))) {
            throw new InvalidManifestException("both an image and an index");
        }
        if (isIndex) {
            if (!sawManifests) {
                throw new InvalidManifestException("an index without \"manifests\"");
            }
            return new Manifest.Index(content, descriptor, manifests, subject);
        }
        boolean needsConfig = !MediaType.isArtifact(descriptor.mediaType());
        if (sawManifests || (needsConfig && config.isEmpty())) {
            throw new InvalidManifestException("an image manifest without \"config\"");
        }
        List<Descriptor> blobs = new ArrayList<>(layers.size() + 1);
        config.ifPresent(blobs::add);
        blobs.addAll(layers);
        return new Manifest.Image(content, descriptor, List.copyOf(blobs), subject);
    }

    private static List<Descriptor> descriptors(JsonParser json, @Nullable JsonToken first, String field) {
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
            found.add(DescriptorJson.read(json, token, field));
        }
        return List.copyOf(found);
    }

    private static Optional<Descriptor> optionalDescriptor(JsonParser json, @Nullable JsonToken first, String field) {
        return first == JsonToken.VALUE_NULL ? Optional.empty() : Optional.of(DescriptorJson.read(json, first, field));
    }

    private static String skipped(JsonParser json) {
        json.skipChildren();
        return "";
    }
}
