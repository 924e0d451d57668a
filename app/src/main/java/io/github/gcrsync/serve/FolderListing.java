package io.github.gcrsync.serve;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.layout.ServedFolder;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.DescriptorJson;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.text.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The lists of the registry as JSON. */
final class FolderListing {
    /** OCI image specification, "OCI Image Index Specification". */
    static final String INDEX = "application/vnd.oci.image.index.v1+json";

    private FolderListing() {}

    /** The names below a path, and each manifest with its tags, as gcr.io lists them. */
    static String tags(ServedFolder folder, RepositoryName name, List<String> children, List<String> tags) {
        Map<Descriptor, List<String>> tagsOf =
                new TreeMap<>((a, b) -> a.digest().compareTo(b.digest()));
        for (String tag : tags) {
            found(folder, name, tag)
                    .ifPresent(manifest -> tagsOf.computeIfAbsent(manifest, _ -> new ArrayList<>())
                            .add(tag));
        }
        Map<String, Object> manifests = new TreeMap<>();
        tagsOf.forEach((manifest, names) -> manifests.put(
                manifest.digest().value(), new TreeMap<>(Map.of("mediaType", manifest.mediaType(), "tag", names))));
        return Json.text(
                new TreeMap<>(Map.of("child", children, "manifest", manifests, "name", name.value(), "tags", tags)));
    }

    private static Optional<Descriptor> found(ServedFolder folder, RepositoryName name, String tag) {
        try {
            return folder.manifest(name, tag);
        } catch (ContentException e) {
            // An invalid entry of the index: pulling it reports the error.
            return Optional.empty();
        }
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
