package io.github.gcrsync.layout;

import io.github.gcrsync.oci.Bytes;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.DescriptorJson;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.InvalidManifestException;
import io.github.gcrsync.text.Json;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One entry of an {@code index.json}: the original bytes of its JSON object, which preserve what other tools wrote, and
 * the fields needed to find it.
 *
 * @param digest empty if the entry is not a valid descriptor
 * @param name the reference name, which is the tag; empty for an untagged entry
 */
record IndexEntry(Bytes json, Optional<Digest> digest, Optional<String> name) {
    /** OCI image specification, "Pre-Defined Annotation Keys". */
    static final String REF_NAME = "org.opencontainers.image.ref.name";

    static IndexEntry tagged(String tag, Descriptor descriptor) {
        Map<String, String> annotations = new HashMap<>(descriptor.annotations());
        annotations.put(REF_NAME, tag);
        return of(descriptor, annotations, Optional.of(tag));
    }

    static IndexEntry untagged(Descriptor descriptor) {
        Map<String, String> annotations = new HashMap<>(descriptor.annotations());
        annotations.remove(REF_NAME);
        return of(descriptor, annotations, Optional.empty());
    }

    /** @param json one JSON object */
    static IndexEntry parse(byte[] json) {
        try {
            Descriptor descriptor = DescriptorJson.read(json);
            return new IndexEntry(
                    Bytes.copyOf(json),
                    Optional.of(descriptor.digest()),
                    Optional.ofNullable(descriptor.annotations().get(REF_NAME)));
        } catch (InvalidManifestException e) {
            return new IndexEntry(Bytes.copyOf(json), Optional.empty(), nameIn(json));
        }
    }

    /**
     * Returns the descriptor without the reference name, which belongs to the index.
     *
     * @throws InvalidManifestException if the entry is not a valid descriptor
     */
    Descriptor descriptor() {
        Descriptor descriptor = DescriptorJson.read(json.toArray());
        Map<String, String> annotations = new HashMap<>(descriptor.annotations());
        annotations.remove(REF_NAME);
        return withAnnotations(descriptor, annotations);
    }

    private static IndexEntry of(Descriptor descriptor, Map<String, String> annotations, Optional<String> name) {
        String text = Json.written(json -> DescriptorJson.write(json, withAnnotations(descriptor, annotations)));
        return new IndexEntry(
                Bytes.copyOf(text.getBytes(StandardCharsets.UTF_8)), Optional.of(descriptor.digest()), name);
    }

    private static Descriptor withAnnotations(Descriptor descriptor, Map<String, String> annotations) {
        return new Descriptor(
                descriptor.mediaType(),
                descriptor.digest(),
                descriptor.size(),
                descriptor.platform(),
                descriptor.artifactType(),
                descriptor.urls(),
                annotations);
    }

    private static Optional<String> nameIn(byte[] json) {
        return Json.tree(json) instanceof Map<?, ?> fields
                        && fields.get("annotations") instanceof Map<?, ?> annotations
                        && annotations.get(REF_NAME) instanceof String name
                ? Optional.of(name)
                : Optional.empty();
    }
}
