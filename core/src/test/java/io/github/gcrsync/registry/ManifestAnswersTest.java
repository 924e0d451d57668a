package io.github.gcrsync.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.content.TestImages;
import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.http.ScriptedServer;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers of registries to reads of manifests and referrers, and to pushes of manifests. */
@Timeout(60)
final class ManifestAnswersTest {
    private static final SampleImage IMAGE = SampleImages.oci(1);
    private static final String JSON = new String(IMAGE.bytes(), StandardCharsets.UTF_8);
    private static final String OTHER = "sha256:" + "0123456789abcdef".repeat(4);

    private final Engine engine = Registries.engine().build();

    @AfterEach
    void stop() {
        engine.close();
    }

    private Repository a(String host) {
        return engine.registry(host).repository(new RepositoryName("a"));
    }

    private static ScriptedServer always(int status, String body, String... fields) {
        return ScriptedServer.start(call -> call.reply(status, body, fields));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "application/json",
                "text/plain; charset=utf-8",
                "application/octet-stream",
                "binary/octet-stream",
                "application/x-json",
                "application/vnd.docker.distribution.manifest.v2"
            })
    void detectsTypeOfManifestServedWithoutIt(String type) {
        try (ScriptedServer server = always(200, JSON, "Content-Type: " + type)) {
            Manifest manifest = a(server.host()).manifest("1");
            assertThat(manifest).isInstanceOf(Manifest.Image.class);
            assertThat(manifest.descriptor().mediaType()).isEqualTo(MediaType.OCI_MANIFEST);
            assertThat(manifest.descriptor().digest()).hasToString(IMAGE.digest());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "any bytes",
                "{}",
                "{\"mediaType\":\"application/vnd.example+json\",\"config\":{},\"layers\":[]}",
                "{\"artifactType\":\"x/y\",\"blobs\":[]}"
            })
    void refusesManifestOfUnknownType(String content) {
        try (ScriptedServer server = always(200, content, "Content-Type: application/vnd.example+json")) {
            assertThatThrownBy(() -> a(server.host()).manifest("1"))
                    .isInstanceOf(ContentException.Unsupported.class)
                    .hasMessageContaining("GET http://" + server.host() + "/v2/a/manifests/1")
                    .hasMessageContaining("\"application/vnd.example+json\"")
                    .hasMessageContaining("not a known manifest type");
        }
    }

    @Test
    void recognizesSchemaOneByItsContent() {
        try (ScriptedServer server = always(200, "{\"fsLayers\":[]}", "Content-Type: application/json")) {
            assertThatThrownBy(() -> a(server.host()).manifest("1"))
                    .isInstanceOf(ContentException.Unsupported.class)
                    .hasMessageContaining("schema 1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {MediaType.DOCKER_SCHEMA1, MediaType.DOCKER_SCHEMA1_SIGNED})
    void refusesSchemaOneByName(String type) {
        try (ScriptedServer server = always(200, "{\"schemaVersion\":1}", "Content-Type: " + type)) {
            assertThatThrownBy(() -> a(server.host()).manifest("1"))
                    .isInstanceOf(ContentException.Unsupported.class)
                    .hasMessageContaining("schema 1");
        }
    }

    @Test
    void acceptsManifestsOfFourMebibytesAtMost() {
        String head = "{\"schemaVersion\":2,\"manifests\":[],\"annotations\":{";
        String tail = "}}";
        for (int extra : new int[] {0, 1, 100_000_000}) {
            StringBuilder padded = new StringBuilder(head);
            int length = (4 << 20) + extra - head.length() - tail.length();
            if (extra < 2) {
                padded.append("\"a\":\"").append("x".repeat(2 << 20)).append("\",\"b\":\"");
                padded.append("y".repeat(length - (padded.length() - head.length()) - 1))
                        .append('"');
            }
            padded.append(tail);
            try (ScriptedServer server = ScriptedServer.start(call -> {
                call.send("HTTP/1.1 200 X\r\nContent-Type: " + MediaType.OCI_INDEX + "\r\nContent-Length: "
                        + ((4 << 20) + extra) + "\r\n\r\n" + padded);
                for (int i = padded.length(); i < (4 << 20) + extra; i += 100_000) {
                    call.send("z".repeat(Math.min(100_000, (4 << 20) + extra - i)));
                }
            })) {
                if (extra == 0) {
                    assertThat(a(server.host()).manifest("1").descriptor().size())
                            .isEqualTo(4 << 20);
                } else {
                    assertThatThrownBy(() -> a(server.host()).manifest("1"))
                            .isInstanceOf(ContentException.Unsupported.class)
                            .hasMessageContaining("larger than the 4194304 bytes");
                }
            }
        }
    }

    @Test
    void detectsWrongDigestHeader() {
        try (TestRegistry registry =
                TestRegistry.builder().foreignDigestHeader(true).start()) {
            registry.put("a", "1", IMAGE);
            assertThatThrownBy(() -> a(registry.host()).manifest("1"))
                    .isInstanceOf(ContentException.Corrupt.class)
                    .hasMessageContaining(IMAGE.digest())
                    .hasMessageContaining(OTHER);
            assertThat(a(registry.host()).manifest(IMAGE.digest()).descriptor().digest())
                    .hasToString(IMAGE.digest());
            assertThat(a(registry.host()).resolve(IMAGE.digest()))
                    .map(Descriptor::digest)
                    .contains(new Digest(IMAGE.digest()));
        }
    }

    @Test
    void refusesContentOfAnotherDigest() {
        try (ScriptedServer server =
                always(200, JSON, "Content-Type: " + IMAGE.mediaType(), "Docker-Content-Digest: " + OTHER)) {
            assertThatThrownBy(() -> a(server.host()).manifest(OTHER)).isInstanceOf(ContentException.Corrupt.class);
            assertThat(server.calls()).as("one retry").hasSize(2);
        }
    }

    @Test
    void retriesTruncatedManifest() {
        try (TestRegistry registry = TestRegistry.start()) {
            registry.put("a", "1", IMAGE);
            registry.fault(Fault.on("GET", "manifests").cutAfter(10).times(2));
            assertThat(a(registry.host()).manifest("1").descriptor().digest()).hasToString(IMAGE.digest());

            registry.fault(Fault.on("GET", "manifests").cutAfter(10).always());
            assertThatThrownBy(() -> a(registry.host()).manifest("1"))
                    .isInstanceOf(ContentException.Unreachable.class)
                    .hasMessageContaining("/v2/a/manifests/1");
        }
    }

    @Test
    void retriesManifestDamagedInTransit() {
        try (TestRegistry registry = TestRegistry.start()) {
            registry.put("a", "1", IMAGE);
            registry.fault(Fault.on("GET", "manifests").corruptByte(30));
            assertThat(a(registry.host()).manifest("1").descriptor().digest()).hasToString(IMAGE.digest());
        }
    }

    @Test
    void mapsEveryStatusToItsException() {
        assertRefusal(401, ContentException.Denied.class);
        assertRefusal(403, ContentException.Denied.class);
        assertRefusal(404, ContentException.NotFound.class);
        assertRefusal(429, ContentException.RateLimited.class);
        assertRefusal(405, ContentException.Unsupported.class);
        assertRefusal(500, ContentException.Unreachable.class);
        assertRefusal(302, ContentException.Unsupported.class);
    }

    private void assertRefusal(int status, Class<? extends ContentException> kind) {
        String body = "{\"errors\":[{\"code\":\"SOME_CODE\",\"message\":\"some words\\u001b[31m\"},7,{\"code\":[]}]}";
        try (ScriptedServer server = always(status, body)) {
            assertThatThrownBy(() -> a(server.host()).manifest("1"))
                    .isInstanceOf(kind)
                    .hasMessageContaining("HTTP " + status)
                    .hasMessageContaining("SOME_CODE (some words?[31m)")
                    .hasMessageContaining("GET http://" + server.host() + "/v2/a/manifests/1");
        }
    }

    @Test
    void handlesErrorPagesOfAnySizeAndKind() {
        for (String body : new String[] {"", "<html>", "[[[[", "{\"errors\":{}}", "x".repeat(1 << 20)}) {
            try (ScriptedServer server = always(403, body)) {
                assertThatThrownBy(() -> a(server.host()).manifest("1"))
                        .isInstanceOf(ContentException.Denied.class)
                        .hasMessage("HTTP 403 from GET http://" + server.host() + "/v2/a/manifests/1");
            }
        }
    }

    @Test
    void fetchesManifestIfHeadIsIncomplete() {
        try (ScriptedServer server = ScriptedServer.start(call -> {
            if (call.method().equals("HEAD")) {
                call.send("HTTP/1.1 200 X\r\nContent-Type: " + IMAGE.mediaType() + "\r\n\r\n");
            } else {
                call.reply(200, JSON, "Content-Type: " + IMAGE.mediaType());
            }
        })) {
            assertThat(a(server.host()).resolve("1")).map(Descriptor::digest).contains(new Digest(IMAGE.digest()));
        }
    }

    @Test
    void refusesInvalidTagsBeforeAnyRequest() {
        try (ScriptedServer server = always(200, "")) {
            for (String tag : new String[] {"", "../../x", "a/b", "a?b", "a b", "a\r\nb", "sha256:x"}) {
                assertThatThrownBy(() -> a(server.host()).manifest(tag)).isInstanceOf(IllegalArgumentException.class);
            }
            assertThat(server.calls()).isEmpty();
        }
    }

    @Test
    void failsIfManifestIsStoredUnderAnotherDigest() {
        Manifest manifest = Manifest.parse(IMAGE.mediaType(), new Digest(IMAGE.digest()), IMAGE.bytes());
        try (ScriptedServer server = ScriptedServer.start(call -> {
            call.body();
            call.reply(201, "", "Docker-Content-Digest: " + OTHER);
        })) {
            assertThatThrownBy(() -> a(server.host()).putManifest("1", manifest))
                    .isInstanceOf(ContentException.Corrupt.class)
                    .hasMessageContaining("stored a:1 as " + OTHER);
        }
    }

    @Test
    void distinguishesMissingContentFromMissingRepository() {
        Manifest manifest = Manifest.parse(IMAGE.mediaType(), new Digest(IMAGE.digest()), IMAGE.bytes());
        try (TestRegistry registry = TestRegistry.start();
                TestRegistry strict =
                        TestRegistry.builder().requireRepositoryExists(true).start()) {
            assertThatThrownBy(() -> a(registry.host()).putManifest("1", manifest))
                    .isInstanceOf(ContentException.Incomplete.class);
            assertThatThrownBy(() -> a(strict.host()).putManifest("1", manifest))
                    .isInstanceOf(ContentException.NotFound.class);
        }
    }

    @Test
    void readsReferrersFromApiOrTag() {
        SampleImage signature = SampleImages.signature(7, IMAGE);
        Digest subject = new Digest(IMAGE.digest());
        try (TestRegistry registry = TestRegistry.start();
                TestRegistry without =
                        TestRegistry.builder().referrersApi(false).start()) {
            for (TestRegistry each : new TestRegistry[] {registry, without}) {
                each.put("a", "1", IMAGE);
                each.put("a", signature);
            }
            assertThat(a(registry.host()).referrers(subject))
                    .extracting(d -> d.digest().value())
                    .containsExactly(signature.digest());
            assertThat(a(without.host()).referrers(subject)).isEmpty();
            without.put("a", IMAGE.digest().replace(':', '-'), SampleImages.index(signature));
            assertThat(a(without.host()).referrers(subject))
                    .extracting(d -> d.digest().value())
                    .containsExactly(signature.digest());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 405, 406, 501})
    void readsTagIfReferrersApiIsUnsupported(int status) {
        SampleImage signature = SampleImages.signature(7, IMAGE);
        try (TestRegistry registry = TestRegistry.start()) {
            registry.put("a", IMAGE.digest().replace(':', '-'), SampleImages.index(signature));
            registry.fault(Fault.on("GET", "/referrers/").status(status).always());

            if (status == 501) {
                assertThatThrownBy(() -> a(registry.host()).referrers(new Digest(IMAGE.digest())))
                        .as("a server error is not an answer")
                        .isInstanceOf(ContentException.Unreachable.class);
            } else {
                assertThat(a(registry.host()).referrers(new Digest(IMAGE.digest())))
                        .extracting(d -> d.digest().value())
                        .containsExactly(signature.digest());
            }
        }
    }

    @Test
    void ignoresTagThatResolvesToSubject() {
        SampleImage index = SampleImages.multiPlatform(3);
        try (TestRegistry registry = TestRegistry.builder().referrersApi(false).start()) {
            registry.put("a", index.digest().replace(':', '-'), index);

            assertThat(a(registry.host()).referrers(new Digest(index.digest()))).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {405, 501})
    void usesGetIfHeadIsUnsupported(int status) {
        try (TestRegistry registry = TestRegistry.start()) {
            registry.put("a", "1", IMAGE);
            registry.fault(Fault.on("HEAD", "/manifests/").status(status).always());

            assertThat(a(registry.host()).resolve("1"))
                    .hasValueSatisfying(found -> assertThat(found.digest()).hasToString(IMAGE.digest()));
            assertThat(a(registry.host()).resolve("2")).isEmpty();
        }
    }

    @Test
    void verifiesDigestWithItsAlgorithm() {
        Manifest manifest = Manifest.parse(MediaType.OCI_MANIFEST, new Digest(IMAGE.digest()), IMAGE.bytes());
        Digest longer = new Digest("sha512:" + "0".repeat(128)).ofSameAlgorithm(IMAGE.bytes());
        try (ScriptedServer server = always(201, "", "Docker-Content-Digest: " + longer);
                ScriptedServer lying = always(201, "", "Docker-Content-Digest: sha512:" + "0".repeat(128))) {
            a(server.host()).putManifest("1", manifest);

            assertThatThrownBy(() -> a(lying.host()).putManifest("1", manifest))
                    .isInstanceOf(ContentException.Corrupt.class)
                    .hasMessageContaining("stored a:1 as sha512:0000");
        }
    }

    @Test
    void namesTargetOfRefusedRedirect() {
        try (ScriptedServer server = always(301, "", "Location: https://registry.example.com/v2/?token=secret")) {
            assertThatThrownBy(() -> a(server.host())
                            .ensureBlob(TestImages.blob(new byte[] {1}), TestImages.content(new byte[] {1})))
                    .isInstanceOf(ContentException.Unsupported.class)
                    .hasMessageContaining("HTTP 301")
                    .hasMessageContaining("which redirects to https://registry.example.com/v2/")
                    .message()
                    .doesNotContain("secret");
        }
    }

    @Test
    void readsReferrersInPages() {
        try (TestRegistry registry = TestRegistry.builder().pageSize(2).start()) {
            registry.put("a", "1", IMAGE);
            List<String> signatures = new ArrayList<>();
            for (int seed = 10; seed < 17; seed++) {
                SampleImage signature = SampleImages.signature(seed, IMAGE);
                registry.put("a", signature);
                signatures.add(signature.digest());
            }

            assertThat(a(registry.host()).referrers(new Digest(IMAGE.digest())))
                    .extracting(d -> d.digest().value())
                    .containsExactlyInAnyOrderElementsOf(signatures);
            assertThat(registry.log().count("GET", "/referrers/")).isEqualTo(4);
        }
    }

    @Test
    void truncatesReferrersTagOfSha512Digest() {
        SampleImage signature = SampleImages.signature(7, IMAGE);
        Digest subject = new Digest("sha512:" + "0".repeat(128)).ofSameAlgorithm(IMAGE.bytes());
        try (TestRegistry registry = TestRegistry.builder().referrersApi(false).start()) {
            registry.put("a", "sha512-" + subject.hex().substring(0, 64), SampleImages.index(signature));

            assertThat(a(registry.host()).referrers(subject))
                    .extracting(d -> d.digest().value())
                    .containsExactly(signature.digest());
        }
    }

    @Test
    void refusesImageUnderReferrersTag() {
        try (TestRegistry registry = TestRegistry.builder().referrersApi(false).start()) {
            registry.put("a", IMAGE.digest().replace(':', '-'), SampleImages.oci(9));

            assertThatThrownBy(() -> a(registry.host()).referrers(new Digest(IMAGE.digest())))
                    .isInstanceOf(ContentException.Corrupt.class)
                    .hasMessageContaining("not an index");
        }
    }

    @Test
    void refusesReferrersThatAreNoIndex() {
        for (String body : new String[] {"", "[]", "{}", "{\"manifests\":7}", "<html>"}) {
            try (ScriptedServer server = always(200, body, "Content-Type: " + MediaType.OCI_INDEX)) {
                assertThatThrownBy(() -> a(server.host()).referrers(new Digest(OTHER)))
                        .as(body)
                        .isInstanceOf(ContentException.Corrupt.class);
            }
        }
    }
}
