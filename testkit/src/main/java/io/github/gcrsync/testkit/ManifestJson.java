package io.github.gcrsync.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The fields of a manifest that a registry needs.
 *
 * @param blobs config and layers, without foreign layers
 * @param manifests children of an index
 * @param artifactType the artifact type, or else the config's media type, as in the referrers API
 */
record ManifestJson(
        String mediaType,
        List<Child> blobs,
        List<Child> manifests,
        Optional<String> subject,
        String artifactType,
        Map<?, ?> annotations) {

    record Child(String mediaType, String digest, long size) {}

    /** @throws tools.jackson.core.JacksonException if the content is not valid JSON */
    static ManifestJson parse(byte[] bytes) {
        Json json = Json.parse(bytes);
        List<Json> blobs = new ArrayList<>(json.get("layers").items());
        blobs.addAll(json.get("blobs").items());
        if (json.get("config").present()) {
            blobs.add(json.get("config"));
        }
        blobs.removeIf(blob -> blob.get("mediaType").text().matches(".*(nondistributable|foreign).*"));
        String type = json.get("artifactType").text();
        return new ManifestJson(
                json.get("mediaType").text(),
                children(blobs),
                children(json.get("manifests").items()),
                Optional.of(json.get("subject").get("digest").text()).filter(digest -> !digest.isEmpty()),
                type.isEmpty() ? json.get("config").get("mediaType").text() : type,
                json.get("annotations").value() instanceof Map<?, ?> map ? map : Map.of());
    }

    private static List<Child> children(List<Json> descriptors) {
        return descriptors.stream()
                .map(each -> new Child(
                        each.get("mediaType").text(),
                        each.get("digest").text(),
                        each.get("size").number()))
                .toList();
    }

    /**
     * Returns the total size of config and layers, or of an index's manifests: the image size of a GCR-style listing.
     */
    long imageBytes() {
        return blobs.stream().mapToLong(Child::size).sum()
                + manifests.stream().mapToLong(Child::size).sum();
    }
}
