package io.github.gcrsync.demo;

import io.github.gcrsync.content.Repository;
import io.github.gcrsync.layout.OciLayouts;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.oci.RepositoryName;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;

/**
 * Writes small images into a folder of image layouts, similar to google-containers: some for three platforms, most for
 * one, with shared layers.
 */
public final class SampleNamespace {
    private static final List<String> REPOSITORIES =
            List.of("pause", "kube-proxy", "etcd", "coredns", "kube-apiserver", "kube-scheduler");
    private static final int TAGS = 4;
    private static final String CONFIG = "application/vnd.docker.container.image.v1+json";
    private static final String LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip";

    private SampleNamespace() {}

    public static void write(OciLayouts folder, RepositoryName namespace) {
        byte[] base = layer("base", 2000);
        for (String name : REPOSITORIES) {
            Repository repository = folder.repository(namespace.resolve(name));
            byte[] common = layer(name, 1000);
            for (int minor = 0; minor < TAGS; minor++) {
                String tag = "v1." + minor;
                byte[] top = layer(name + " " + tag, 500);
                if (name.equals("pause")) {
                    putIndex(
                            repository,
                            tag,
                            image(repository, "amd64", base, common, top),
                            image(repository, "arm64", common, top),
                            image(repository, "s390x", top));
                } else {
                    repository.putManifest(tag, image(repository, "amd64", base, common, top));
                }
            }
        }
    }

    /** Stores the content of an image and returns its manifest. */
    private static Manifest image(Repository repository, String architecture, byte[]... layers) {
        byte[] config = """
                {"architecture":"%s","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[]}}""".formatted(architecture).getBytes(StandardCharsets.US_ASCII);
        String descriptors = Arrays.stream(layers)
                .map(layer -> json(blob(repository, LAYER, layer), ""))
                .collect(Collectors.joining(","));
        return manifest(
                MediaType.DOCKER_MANIFEST, """
                "config":%s,"layers":[%s]""".formatted(json(blob(repository, CONFIG, config), ""), descriptors));
    }

    private static void putIndex(Repository repository, String tag, Manifest... platforms) {
        List<String> architectures = List.of("amd64", "arm64", "s390x");
        StringBuilder children = new StringBuilder();
        for (int i = 0; i < platforms.length; i++) {
            Descriptor child = platforms[i].descriptor();
            repository.putChild(platforms[i]);
            children.append(i == 0 ? "" : ",").append(json(child, """
                    ,"platform":{"architecture":"%s","os":"linux"}""".formatted(architectures.get(i))));
        }
        repository.putManifest(tag, manifest(MediaType.DOCKER_MANIFEST_LIST, "\"manifests\":[" + children + "]"));
    }

    private static Descriptor blob(Repository repository, String mediaType, byte[] content) {
        Descriptor blob = Descriptor.of(mediaType, content);
        repository.ensureBlob(blob, offset -> new ByteArrayInputStream(content, (int) offset, content.length));
        return blob;
    }

    private static Manifest manifest(String mediaType, String fields) {
        byte[] content = "{\"schemaVersion\":2,\"mediaType\":\"%s\",%s}"
                .formatted(mediaType, fields)
                .getBytes(StandardCharsets.US_ASCII);
        return Manifest.parse(mediaType, Descriptor.of(mediaType, content).digest(), content);
    }

    private static String json(Descriptor descriptor, String more) {
        return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d%s}"
                .formatted(descriptor.mediaType(), descriptor.digest(), descriptor.size(), more);
    }

    /** Two blocks of zeros are an empty tar archive; tar readers ignore what follows. */
    private static byte[] layer(String name, int size) {
        byte[] noise = new byte[size];
        new Random(name.hashCode()).nextBytes(noise);
        ByteArrayOutputStream layer = new ByteArrayOutputStream();
        try (GZIPOutputStream tar = new GZIPOutputStream(layer)) {
            tar.write(new byte[1024]);
            tar.write(noise);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return layer.toByteArray();
    }
}
