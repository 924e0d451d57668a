package io.github.gcrsync.bundle;

import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.DescriptorJson;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.text.Json;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The {@code index.json} of a repository in a bundle (OCI image specification, "index.json file"). */
final class IndexText {
    static final byte[] MARKER = "{\"imageLayoutVersion\":\"1.0.0\"}\n".getBytes(StandardCharsets.US_ASCII);
    private static final String REF_NAME = "org.opencontainers.image.ref.name";

    private IndexText() {}

    /** Each tag has an entry; so have images without a tag, referrers and their subjects, where other tools find them. */
    static byte[] of(Collected repository) {
        Map<Digest, Descriptor> manifests = new LinkedHashMap<>();
        Set<Digest> unnamed = new HashSet<>();
        Set<Digest> children = new HashSet<>();
        for (Manifest manifest : repository.manifests()) {
            Descriptor descriptor = manifest.descriptor();
            manifests.put(descriptor.digest(), descriptor);
            manifest.children().forEach(child -> children.add(child.digest()));
            manifest.subject().ifPresent(subject -> {
                unnamed.add(descriptor.digest());
                unnamed.add(subject.digest());
            });
        }
        manifests.keySet().stream().filter(digest -> !children.contains(digest)).forEach(unnamed::add);
        unnamed.removeAll(repository.tagged().values());
        String text = Json.written(json -> {
            json.writeStartObject();
            json.writeNumberProperty("schemaVersion", 2);
            json.writeStringProperty("mediaType", "application/vnd.oci.image.index.v1+json");
            json.writeArrayPropertyStart("manifests");
            repository
                    .tagged()
                    .forEach((tag, digest) -> Optional.ofNullable(manifests.get(digest))
                            .ifPresent(manifest ->
                                    DescriptorJson.write(json, annotated(manifest, Map.of(REF_NAME, tag)))));
            manifests.values().stream()
                    .filter(manifest -> unnamed.contains(manifest.digest()))
                    .forEach(manifest -> DescriptorJson.write(json, annotated(manifest, Map.of())));
            json.writeEndArray();
            json.writeEndObject();
        });
        return (text + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static Descriptor annotated(Descriptor manifest, Map<String, String> annotations) {
        return new Descriptor(
                manifest.mediaType(),
                manifest.digest(),
                manifest.size(),
                manifest.platform(),
                manifest.artifactType(),
                List.of(),
                annotations);
    }
}
