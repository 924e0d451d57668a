package io.github.gcrsync.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;

/** Generates images from a seed; with one JDK, the same seed always gives the same digests. */
public final class SampleImages {
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final Content EMPTY_CONFIG = Content.of("{}".getBytes(StandardCharsets.UTF_8));
    private static final List<String> PLATFORMS = List.of("linux/amd64", "linux/arm64", "linux/arm/v7");

    private SampleImages() {}

    /** A single-platform (linux/amd64) OCI image with two small layers. */
    public static SampleImage oci(long seed) {
        return oci("linux/amd64", layer(2 * seed, 3), layer(2 * seed + 1, 2));
    }

    /** The same image as Docker schema 2. */
    public static SampleImage docker(long seed) {
        return docker("linux/amd64", layer(2 * seed, 3), layer(2 * seed + 1, 2));
    }

    /** A layer of small files, about {@code files * 300} bytes in total. */
    public static SampleLayer layer(long seed, int files) {
        SplittableRandom random = new SplittableRandom(seed);
        TarArchive tar = new TarArchive();
        for (int i = 0; i < files; i++) {
            byte[] noise = new byte[200 + random.nextInt(100)];
            random.nextBytes(noise);
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            content.writeBytes("file %d of layer %d%n".formatted(i, seed).getBytes(StandardCharsets.UTF_8));
            content.writeBytes(noise);
            tar.file("usr/share/sample-%d/file-%d".formatted(seed, i), content.toByteArray());
        }
        byte[] plain = tar.finish();
        Content zipped = Content.of(gzip(plain));
        return new SampleLayer(Digests.of(zipped), Digests.of(plain), zipped);
    }

    /**
     * A layer of that many bytes, rounded up to a multiple of 64 KiB, generated on every read and never held in memory.
     */
    public static SampleLayer bigLayer(long seed, long bytes) {
        return GeneratedLayer.of(seed, bytes);
    }

    /**
     * An OCI image of these layers, for a platform like linux/arm/v7; images with the same layers share their blobs.
     */
    public static SampleImage oci(String platform, SampleLayer... layers) {
        return ImageWriter.OCI.image(platform, List.of(layers));
    }

    /** A Docker schema 2 image of these layers. */
    public static SampleImage docker(String platform, SampleLayer... layers) {
        return ImageWriter.DOCKER.image(platform, List.of(layers));
    }

    /** An OCI index of images or of other indexes. */
    public static SampleImage index(SampleImage... children) {
        return ImageWriter.OCI.index(List.of(children));
    }

    /** A Docker manifest list. */
    public static SampleImage manifestList(SampleImage... children) {
        return ImageWriter.DOCKER.index(List.of(children));
    }

    /** An OCI index of linux/amd64, linux/arm64 and linux/arm/v7, which share one layer. */
    public static SampleImage multiPlatform(long seed) {
        return multiPlatform(ImageWriter.OCI, seed);
    }

    /** A Docker manifest list of the same three platforms. */
    public static SampleImage multiPlatformDocker(long seed) {
        return multiPlatform(ImageWriter.DOCKER, seed);
    }

    private static SampleImage multiPlatform(ImageWriter writer, long seed) {
        SampleLayer shared = layer(100 * seed, 2);
        return writer.index(PLATFORMS.stream()
                .map(platform -> {
                    SampleLayer own = layer(100 * seed + 1 + PLATFORMS.indexOf(platform), 3);
                    return writer.image(platform, List.of(own, shared));
                })
                .toList());
    }

    /** An index that holds an index of three platforms and one image. */
    public static SampleImage nestedIndex(long seed) {
        return index(multiPlatform(seed), oci(seed + 1));
    }

    /** An OCI 1.1 artifact: artifactType, the empty config, one blob that is not a tar. */
    public static SampleImage artifact(long seed, String artifactType) {
        return artifact(seed, artifactType, new LinkedHashMap<>());
    }

    /** An artifact like a signature, whose subject is the given image; does not include the image. */
    public static SampleImage signature(long seed, SampleImage subject) {
        Map<String, Object> besides = new LinkedHashMap<>();
        besides.put(
                "subject",
                ImageWriter.descriptor(
                        subject.mediaType(), subject.digest(), subject.root().size()));
        return artifact(seed, "application/vnd.dev.sigstore.bundle.v0.3+json", besides);
    }

    private static SampleImage artifact(long seed, String artifactType, Map<String, Object> besides) {
        Content payload = Content.of("{\"sample\":%d}".formatted(seed).getBytes(StandardCharsets.UTF_8));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("schemaVersion", 2);
        json.put("mediaType", MANIFEST);
        json.put("artifactType", artifactType);
        json.put("config", ImageWriter.descriptor("application/vnd.oci.empty.v1+json", Digests.of(EMPTY_CONFIG), 2));
        json.put("layers", List.of(ImageWriter.descriptor("application/json", Digests.of(payload), payload.size())));
        json.putAll(besides);
        json.put("annotations", Map.of("org.example.seed", Long.toString(seed)));
        Map<String, Content> blobs = Map.of(Digests.of(EMPTY_CONFIG), EMPTY_CONFIG, Digests.of(payload), payload);
        return ImageWriter.sealed(MANIFEST, "", json, new LinkedHashMap<>(), blobs);
    }

    /** The tag under which cosign stores an image's signature. */
    public static String cosignTag(SampleImage subject) {
        return subject.digest().replace(':', '-') + ".sig";
    }

    private static byte[] gzip(byte[] plain) {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream to = new GZIPOutputStream(zipped)) {
            to.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return zipped.toByteArray();
    }
}
