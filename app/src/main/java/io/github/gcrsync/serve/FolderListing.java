package io.github.gcrsync.serve;

import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.DescriptorJson;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.text.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The lists of the registry as JSON. */
final class FolderListing {
    /** OCI image specification, "OCI Image Index Specification". */
    static final String INDEX = "application/vnd.oci.image.index.v1+json";

    private FolderListing() {}

    /**
     * The names below a path, and each manifest with its tags, as gcr.io lists them.
     *
     * @param manifests by tag
     */
    static String tags(
            RepositoryName name, List<String> children, List<String> tags, Map<String, Descriptor> manifests) {
        Map<Descriptor, List<String>> tagsOf = new HashMap<>();
        manifests.forEach((tag, manifest) ->
                tagsOf.computeIfAbsent(manifest, _ -> new ArrayList<>()).add(tag));
        Map<String, Object> listed = new TreeMap<>();
        tagsOf.forEach((manifest, names) -> listed.put(
                manifest.digest().value(), new TreeMap<>(Map.of("mediaType", manifest.mediaType(), "tag", names))));
        return Json.text(
                new TreeMap<>(Map.of("child", children, "manifest", listed, "name", name.value(), "tags", tags)));
    }

    /** An image index of the manifests. */
    static String referrers(List<Descriptor> manifests) {
        return Json.written(json -> {
            json.writeStartObject();
            json.writeNumberProperty("schemaVersion", 2);
            json.writeStringProperty("mediaType", INDEX);
            json.writeArrayPropertyStart("manifests");
            manifests.forEach(manifest -> DescriptorJson.write(json, manifest));
            json.writeEndArray();
            json.writeEndObject();
        });
    }
}
