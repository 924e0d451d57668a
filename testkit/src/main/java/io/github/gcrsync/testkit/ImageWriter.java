package io.github.gcrsync.testkit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** Writes configs, manifests and indexes in OCI's or Docker's format. */
enum ImageWriter {
    OCI(
            "application/vnd.oci.image.manifest.v1+json",
            "application/vnd.oci.image.config.v1+json",
            "application/vnd.oci.image.layer.v1.tar+gzip",
            "application/vnd.oci.image.index.v1+json"),
    DOCKER(
            "application/vnd.docker.distribution.manifest.v2+json",
            "application/vnd.docker.container.image.v1+json",
            "application/vnd.docker.image.rootfs.diff.tar.gzip",
            "application/vnd.docker.distribution.manifest.list.v2+json");

    private final String manifest;
    private final String config;
    private final String layer;
    private final String index;

    ImageWriter(String manifest, String config, String layer, String index) {
        this.manifest = manifest;
        this.config = config;
        this.layer = layer;
        this.index = index;
    }

    SampleImage image(String platform, List<SampleLayer> layers) {
        Content configuration = Content.of(Json.write(config(platform, layers)));
        Map<String, Content> blobs = new LinkedHashMap<>();
        Map<String, Object> configDescriptor = descriptor(config, Digests.of(configuration), configuration.size());
        blobs.put(Digests.of(configuration), configuration);
        List<Object> layerDescriptors = new ArrayList<>();
        for (SampleLayer each : layers) {
            layerDescriptors.add(descriptor(layer, each.digest(), each.content().size()));
            blobs.put(each.digest(), each.content());
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("schemaVersion", 2);
        json.put("mediaType", manifest);
        json.put("config", configDescriptor);
        json.put("layers", layerDescriptors);
        return sealed(manifest, platform, json, new LinkedHashMap<>(), blobs);
    }

    SampleImage index(List<SampleImage> children) {
        SequencedMap<String, SampleImage.Manifest> manifests = new LinkedHashMap<>();
        Map<String, Content> blobs = new LinkedHashMap<>();
        List<Object> descriptors = new ArrayList<>();
        for (SampleImage child : children) {
            manifests.putAll(child.manifests());
            blobs.putAll(child.blobs());
            Map<String, Object> descriptor =
                    descriptor(child.mediaType(), child.digest(), child.root().size());
            if (!child.root().platform().isEmpty()) {
                descriptor.put("platform", platform(child.root().platform()));
            }
            descriptors.add(descriptor);
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("schemaVersion", 2);
        json.put("mediaType", index);
        json.put("manifests", descriptors);
        return sealed(index, "", json, manifests, blobs);
    }

    /** Creates the image whose root is this manifest. */
    static SampleImage sealed(
            String mediaType,
            String platform,
            Map<String, Object> json,
            SequencedMap<String, SampleImage.Manifest> children,
            Map<String, Content> blobs) {
        Content content = Content.of(Json.write(json));
        String digest = Digests.of(content);
        children.putLast(digest, new SampleImage.Manifest(mediaType, content));
        return new SampleImage(
                new SampleImage.Descriptor(mediaType, digest, content.size(), platform), children, blobs);
    }

    static Map<String, Object> descriptor(String mediaType, String digest, long size) {
        Map<String, Object> descriptor = new LinkedHashMap<>();
        descriptor.put("mediaType", mediaType);
        descriptor.put("digest", digest);
        descriptor.put("size", size);
        return descriptor;
    }

    private static Map<String, Object> config(String platform, List<SampleLayer> layers) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("created", "2018-01-01T00:00:00Z");
        json.putAll(platform(platform));
        json.put("config", Map.of("Cmd", List.of("/bin/true")));
        Map<String, Object> files = new LinkedHashMap<>();
        files.put("type", "layers");
        files.put("diff_ids", layers.stream().map(SampleLayer::diffId).toList());
        json.put("rootfs", files);
        Object step = Map.of("created", "2018-01-01T00:00:00Z");
        json.put("history", layers.stream().map(ignored -> step).toList());
        return json;
    }

    private static Map<String, Object> platform(String platform) {
        String[] parts = platform.split("/");
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("architecture", parts[1]);
        json.put("os", parts[0]);
        if (parts.length > 2) {
            json.put("variant", parts[2]);
        }
        return json;
    }
}
