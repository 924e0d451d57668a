package io.github.gcrsync.registry;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.sun.management.ThreadMXBean;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Checks that every answer of a registry yields a value or the intended exception, with time and memory in proportion
 * to its size. Coverage-guided with JAZZER_FUZZ=1 in the environment (as the build runs it), otherwise only over the
 * seeds.
 */
final class AnswersFuzz {
    /**
     * Allowed bytes of memory per byte of input, and in addition: exceptions with stack traces, buffers, decoded
     * objects.
     */
    private static final long PER_BYTE = 1000;

    private static final long BESIDES = 4 << 20;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @MethodSource("seeds")
    @DictionaryEntries({
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"mediaType\"",
        "\"digest\"",
        "\"size\"",
        "\"config\"",
        "\"layers\"",
        "\"manifests\"",
        "\"subject\"",
        "\"blobs\"",
        "\"platform\"",
        "\"urls\"",
        "\"annotations\"",
        "\"artifactType\"",
        "\"tags\"",
        "\"child\"",
        "\"manifest\"",
        "\"tag\"",
        "\"repositories\"",
        "\"errors\"",
        "\"results\"",
        "\"name\"",
        "\"tag_last_pushed\"",
        "\"manifest_digest\"",
        "\"last_modified\"",
        "\"push_time\"",
        "\"imageDetails\"",
        "\"imagePushedAt\"",
        "\"code\"",
        "\"message\"",
        "\"token\"",
        "\"access_token\"",
        "\"expires_in\"",
        "\"auths\"",
        "\"auth\"",
        "\"credHelpers\"",
        "null",
        "true",
        "9223372036854775807",
        "-1",
        "1e309",
        "0.1",
        "\\u0000",
        "\\ud800",
        "sha256:",
        "sha512:",
        "rel=\"next\"",
        "Bearer "
    })
    @FuzzTest
    void anyAnswer(byte[] input) throws Exception {
        if (input.length < 2) {
            return;
        }
        HostileAnswer answer = HostileAnswer.of(input);
        try (Watch _ = Watch.over(input)) {
            if (allocated(answer) > allowance(input)) {
                // The first run of a path also loads its classes.
                long again = allocated(answer);
                if (again > allowance(input)) {
                    throw new AssertionError(again + " bytes allocated for " + input.length + " bytes");
                }
            }
        }
    }

    /** Kills the whole process and reports the input if one takes too long: nothing else ends an endless loop. */
    private record Watch(Thread thread) implements AutoCloseable {
        private static final Duration PATIENCE = Duration.ofSeconds(30);

        static Watch over(byte[] input) {
            return new Watch(Thread.ofVirtual().start(() -> {
                try {
                    Thread.sleep(PATIENCE);
                } catch (InterruptedException e) {
                    return;
                }
                System.err.println("no end with " + Base64.getEncoder().encodeToString(input));
                Runtime.getRuntime().halt(70);
            }));
        }

        @Override
        public void close() {
            thread.interrupt();
        }
    }

    private static long allowance(byte[] input) {
        return BESIDES + PER_BYTE * input.length;
    }

    private static long allocated(HostileAnswer answer) throws Exception {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        answer.isTakenOrRefused();
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    /** Each kind of answer, with real examples and with input that has broken other programs. */
    static Stream<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        for (SampleImage image : List.of(
                SampleImages.oci(1),
                SampleImages.docker(2),
                SampleImages.multiPlatform(3),
                SampleImages.multiPlatformDocker(4),
                SampleImages.signature(5, SampleImages.oci(1)))) {
            int type = MediaType.MANIFESTS.indexOf(image.mediaType());
            for (HostileAnswer.Kind kind : HostileAnswer.Kind.values()) {
                seeds.add(seed(kind, type, image.bytes()));
            }
        }
        String digest = "sha256:" + "0a".repeat(32);
        for (String text : List.of(
                "{\"name\":\"a\",\"tags\":[\"1\",\"latest\"],\"child\":[\"b\"],\"manifest\":{\"" + digest
                        + "\":{\"tag\":[\"1\"],\"timeCreatedMs\":\"1\",\"imageSizeBytes\":\"7\"}}}",
                "{\"repositories\":[\"ns/a\",\"ns/b/c\",\"../x\"]}",
                "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"no\",\"detail\":{\"a\":[1]}}]}",
                "{\"token\":\"t\",\"access_token\":\"u\",\"expires_in\":300,\"issued_at\":\"2026-01-01T00:00:00Z\"}",
                "{\"auths\":{\"https://index.docker.io/v1/\":{\"auth\":\"dTpw\"},\"a/b\":{\"identitytoken\":\"x\"}},"
                        + "\"credsStore\":\"x\",\"credHelpers\":{\"gcr.io\":\"gcloud\"}}",
                "Bearer realm=\"https://auth.example/token\",service=\"r\",scope=\"a:b:c\", Basic realm=x",
                "</v2/a/tags/list?last=b&n=1>; rel=\"next\"",
                "Sun, 06 Nov 1994 08:49:37 GMT",
                "gcr.io/google-containers/pause:3.1@" + digest,
                "[".repeat(5000),
                "{\"a\":".repeat(5000),
                "{\"manifests\":[" + "{},".repeat(5000) + "{}]}",
                "{\"tags\":[" + "\"a\",".repeat(5000) + "1e999999999]}",
                "{\"config\":{\"size\":" + "9".repeat(5000) + "}}",
                "{\"tags\":[\"" + "x".repeat(100_000) + "\"]}",
                "{\"a\":1,\"a\":1}",
                "\ufeff{}",
                "\"\\ud800\\udfff\\u0000\"")) {
            for (HostileAnswer.Kind kind : HostileAnswer.Kind.values()) {
                seeds.add(seed(kind, 1, text.getBytes(StandardCharsets.UTF_8)));
            }
        }
        for (String page : List.of(
                "{\"results\":[{\"name\":\"1\",\"digest\":\"" + digest
                        + "\",\"tag_last_pushed\":\"2021-01-05T21:06:53.506400Z\"}],\"next\":null}",
                "{\"tags\":[{\"name\":\"1\",\"manifest_digest\":\"" + digest
                        + "\",\"last_modified\":\"Mon, 01 Jan 2018 00:00:00 -0000\"}],\"has_additional\":false}",
                "[{\"digest\":\"" + digest
                        + "\",\"tags\":[{\"name\":\"1\",\"push_time\":\"2021-01-05T21:06:53.506Z\"}]}]",
                "{\"imageDetails\":[{\"imageDigest\":\"" + digest
                        + "\",\"imageTags\":[\"1\"],\"imagePushedAt\":1.514764801E9}],\"nextToken\":\"t\"}")) {
            for (int api = 0; api < 4; api++) {
                seeds.add(seed(HostileAnswer.Kind.WEB_API, api, page.getBytes(StandardCharsets.UTF_8)));
            }
        }
        seeds.add(
                seed(HostileAnswer.Kind.TAGS, 1, new byte[] {'{', '"', (byte) 0xc0, (byte) 0x80, '"', ':', '1', '}'}));
        return seeds.stream();
    }

    private static byte[] seed(HostileAnswer.Kind kind, int variant, byte[] content) {
        ByteArrayOutputStream seed = new ByteArrayOutputStream();
        seed.write(List.of(HostileAnswer.Kind.values()).indexOf(kind));
        seed.write(variant);
        seed.writeBytes(content);
        return seed.toByteArray();
    }
}
