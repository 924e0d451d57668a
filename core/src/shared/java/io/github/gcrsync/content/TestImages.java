package io.github.gcrsync.content;

import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** Generates blobs and manifests for tests of stores. */
public final class TestImages {
    public static final String CONFIG = "application/vnd.oci.image.config.v1+json";
    public static final String LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";

    private TestImages() {}

    /** Returns the same bytes for the same seed. */
    public static byte[] bytes(int seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    public static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    public static BlobContent content(byte[] bytes) {
        return offset -> new ByteArrayInputStream(bytes, (int) offset, bytes.length - (int) offset);
    }

    /** Returns content that breaks after some bytes, the first few times it is opened. */
    public static BlobContent breaking(byte[] bytes, int after, int times, AtomicInteger opened) {
        return offset -> {
            InputStream whole = content(bytes).openAt(offset);
            return opened.getAndIncrement() < times ? new BreakingStream(whole, after) : whole;
        };
    }

    public static Descriptor blob(byte[] bytes) {
        return Descriptor.of(LAYER, bytes);
    }

    public static Manifest manifest(String mediaType, String json) {
        byte[] bytes = utf8(json);
        return Manifest.parse(mediaType, Digest.sha256(bytes), bytes);
    }

    /** An OCI image with unusual JSON formatting, so that re-encoding it changes its digest. */
    public static Manifest image(Descriptor config, List<Descriptor> layers) {
        return manifest(
                MediaType.OCI_MANIFEST,
                "{ \"schemaVersion\":2,\n\t\"layers\" : [" + all(layers) + "] ,\"config\":" + json(config)
                        + "\r\n }\n ");
    }

    public static Manifest dockerImage(Descriptor config, List<Descriptor> layers) {
        return manifest(
                MediaType.DOCKER_MANIFEST,
                "{\n   \"schemaVersion\": 2,\n   \"mediaType\": \"" + MediaType.DOCKER_MANIFEST + "\",\n   \"config\": "
                        + json(config) + ",\n   \"layers\": [" + all(layers) + "]\n}");
    }

    public static Manifest index(String mediaType, List<Descriptor> manifests) {
        return manifest(
                mediaType,
                "{\"schemaVersion\":2,\"mediaType\":\"" + mediaType + "\",\"manifests\":[" + all(manifests) + "]}");
    }

    /** An artifact that refers to another manifest. */
    public static Manifest referrer(Descriptor subject, String artifactType, Descriptor config) {
        return manifest(
                MediaType.OCI_MANIFEST,
                "{\"schemaVersion\":2,\"mediaType\":\"" + MediaType.OCI_MANIFEST + "\",\"artifactType\":\""
                        + artifactType
                        + "\",\"config\":" + json(config) + ",\"layers\":[" + json(config) + "],\"subject\":"
                        + json(subject) + ",\"annotations\":{\"made\":\"here\"}}");
    }

    private static String all(List<Descriptor> descriptors) {
        return descriptors.stream().map(TestImages::json).collect(Collectors.joining(", "));
    }

    private static String json(Descriptor descriptor) {
        return "{\"mediaType\":\"" + descriptor.mediaType() + "\",\"size\":" + descriptor.size() + ",\"digest\":\""
                + descriptor.digest() + "\"}";
    }

    private static final class BreakingStream extends InputStream {
        private final InputStream whole;
        private int left;

        BreakingStream(InputStream whole, int left) {
            this.whole = whole;
            this.left = left;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int from, int most) throws IOException {
            if (left == 0) {
                throw new IOException("connection reset");
            }
            int count = whole.read(buffer, from, Math.min(most, left));
            left -= Math.max(count, 0);
            return count;
        }
    }
}
