package io.github.gcrsync.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks requirements of the specification and behavior of registries that the command line tools do not exercise. */
final class TestRegistryTest {
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

    private final SampleImage image = SampleImages.oci(1);
    private final String blob = image.blobs().keySet().iterator().next();
    private final byte[] content = image.blobs().values().iterator().next().bytes();

    @Test
    void servesRanges() throws Exception {
        try (TestRegistry registry = TestRegistry.start();
                Calls calls = new Calls(registry.host())) {
            registry.put("a", "v1", image);
            HttpResponse<byte[]> middle = calls.get("/v2/a/blobs/" + blob, "Range", "bytes=10-19");
            assertThat(middle.statusCode()).isEqualTo(206);
            assertThat(middle.body()).isEqualTo(java.util.Arrays.copyOfRange(content, 10, 20));
            assertThat(Calls.header(middle, "Content-Range")).isEqualTo("bytes 10-19/" + content.length);
            assertThat(calls.get("/v2/a/blobs/" + blob, "Range", "bytes=10-").body())
                    .hasSize(content.length - 10);
            assertThat(calls.get("/v2/a/blobs/" + blob, "Range", "bytes=-7").body())
                    .hasSize(7);
            assertThat(calls.get("/v2/a/blobs/" + blob, "Range", "bytes=" + content.length + "-")
                            .statusCode())
                    .isEqualTo(416);
        }
    }

    @Test
    void requiresChildrenAndDigestOfManifest() throws Exception {
        try (TestRegistry registry = TestRegistry.start();
                Calls calls = new Calls(registry.host())) {
            HttpResponse<byte[]> early =
                    calls.send("PUT", "/v2/a/manifests/v1", image.bytes(), "Content-Type", MANIFEST);
            assertThat(early.statusCode()).isEqualTo(404);
            assertThat(Calls.code(early)).isEqualTo("MANIFEST_BLOB_UNKNOWN");

            registry.put("a", "v0", image);
            HttpResponse<byte[]> put = calls.send("PUT", "/v2/a/manifests/v1", image.bytes(), "Content-Type", MANIFEST);
            assertThat(put.statusCode()).isEqualTo(201);
            assertThat(Calls.header(put, "Docker-Content-Digest")).isEqualTo(image.digest());
            assertThat(registry.manifestBytes("a", "v1")).isEqualTo(image.bytes());

            String other = SampleImages.oci(2).digest();
            HttpResponse<byte[]> wrong =
                    calls.send("PUT", "/v2/a/manifests/" + other, image.bytes(), "Content-Type", MANIFEST);
            assertThat(Calls.code(wrong)).isEqualTo("DIGEST_INVALID");
            assertThat(calls.get("/v2/a/manifests/v1", "Accept", "application/vnd.other")
                            .statusCode())
                    .isEqualTo(404);
        }
    }

    @Test
    void supportsThreeKindsOfUploads() throws Exception {
        try (TestRegistry registry = TestRegistry.start();
                Calls calls = new Calls(registry.host())) {
            assertThat(calls.send("POST", "/v2/a/blobs/uploads/?digest=" + blob, content)
                            .statusCode())
                    .isEqualTo(201);
            assertThat(calls.send("PUT", calls.upload("b") + "?digest=" + blob, content)
                            .statusCode())
                    .isEqualTo(201);
            String upload = calls.upload("c");
            byte[] half = java.util.Arrays.copyOf(content, 100);
            HttpResponse<byte[]> first = calls.send("PATCH", upload, half, "Content-Range", "0-99");
            assertThat(first.statusCode()).isEqualTo(202);
            assertThat(Calls.header(first, "Range")).isEqualTo("0-99");
            assertThat(calls.send("PATCH", upload, half, "Content-Range", "50-149")
                            .statusCode())
                    .isEqualTo(416);
            byte[] rest = java.util.Arrays.copyOfRange(content, 100, content.length);
            assertThat(calls.send("PUT", upload + "?digest=" + blob, rest).statusCode())
                    .isEqualTo(201);
            assertThat(List.of("a", "b", "c")).allMatch(name -> registry.hasBlob(name, blob));

            HttpResponse<byte[]> wrong = calls.send("PUT", calls.upload("d") + "?digest=" + blob, rest);
            assertThat(Calls.code(wrong)).isEqualTo("DIGEST_INVALID");
            assertThat(calls.send("DELETE", calls.upload("d")).statusCode()).isEqualTo(204);
            assertThat(registry.uploadsInFlight()).isZero();
        }
    }

    @Test
    void refusesChunksAfterShortChunk() throws Exception {
        try (TestRegistry registry =
                        TestRegistry.builder().chunkMinLength(100).ranges(false).start();
                Calls calls = new Calls(registry.host())) {
            HttpResponse<byte[]> begun = calls.send("POST", "/v2/a/blobs/uploads/");
            assertThat(Calls.header(begun, "OCI-Chunk-Min-Length")).isEqualTo("100");
            String upload = Calls.header(begun, "Location");
            assertThat(calls.send("PATCH", upload, new byte[100]).statusCode()).isEqualTo(202);
            assertThat(calls.send("PATCH", upload, new byte[10]).statusCode()).isEqualTo(202);
            assertThat(calls.send("PATCH", upload, new byte[100]).statusCode()).isEqualTo(416);
            String digest = Digests.of(new byte[110]);
            assertThat(calls.send("PUT", upload + "?digest=" + digest).statusCode())
                    .isEqualTo(201);
            // This registry ignores Range.
            HttpResponse<byte[]> whole = calls.get("/v2/a/blobs/" + digest, "Range", "bytes=10-19");
            assertThat(whole.statusCode()).isEqualTo(200);
            assertThat(whole.body()).hasSize(110);
        }
    }

    @Test
    void servesHttps(@TempDir Path folder) throws Exception {
        Program.at(Path.of(System.getProperty("java.home"), "bin", "keytool"))
                .arguments(
                        "-genkeypair",
                        "-keyalg",
                        "RSA",
                        "-alias",
                        "a",
                        "-dname",
                        "CN=127.0.0.1",
                        "-ext",
                        "SAN=IP:127.0.0.1")
                .arguments("-keystore", "keys.p12", "-storepass", "changeit")
                .in(folder)
                .run()
                .orThrow();
        KeyStore store = KeyStore.getInstance(folder.resolve("keys.p12").toFile(), "changeit".toCharArray());
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, "changeit".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        try (TestRegistry registry =
                TestRegistry.builder().tls(context).redirectBlobs(true).start()) {
            registry.put("a", "v1", image);
            Program.require("skopeo")
                    .arguments("inspect", "--tls-verify=false", "docker://" + registry.host() + "/a:v1")
                    .run()
                    .orThrow();
            assertThat(registry.storageLog().count()).isPositive();
            // With verification enabled, skopeo does not fall back to plain HTTP; the certificate is self-signed.
            assertThat(Program.require("skopeo")
                            .arguments("inspect", "docker://" + registry.host() + "/a:v1")
                            .run()
                            .stderr())
                    .contains("certificate");
        }
    }

    @Test
    void mountsBlobs() throws Exception {
        try (TestRegistry registry = TestRegistry.start();
                TestRegistry never = TestRegistry.builder().mounts(false).start();
                TestRegistry ecr =
                        TestRegistry.builder().mountNeedsManifest(true).start();
                Calls calls = new Calls("")) {
            registry.put("a", "v1", image);
            never.put("a", "v1", image);
            ecr.put("a", "v1", image);
            String mount = "/v2/b/blobs/uploads/?from=a&mount=";
            assertThat(calls.send("POST", "http://" + registry.host() + mount + blob)
                            .statusCode())
                    .isEqualTo(201);
            assertThat(registry.hasBlob("b", blob)).isTrue();
            assertThat(calls.send("POST", "http://" + never.host() + mount + blob)
                            .statusCode())
                    .isEqualTo(202);
            assertThat(calls.send("POST", "http://" + ecr.host() + mount + blob).statusCode())
                    .isEqualTo(201);
            ecr.delete("a", image.digest());
            assertThat(calls.send("POST", "http://" + ecr.host() + mount + blob).statusCode())
                    .isEqualTo(202);
        }
    }

    @Test
    void imitatesRefusalsOfRegistries() throws Exception {
        try (TestRegistry registry = TestRegistry.builder()
                        .patchAllowed(false)
                        .maxPutSize(100)
                        .requireRepositoryExists(true)
                        .catalog(false)
                        .referrersApi(false)
                        .foreignDigestHeader(true)
                        .start();
                Calls calls = new Calls(registry.host())) {
            HttpResponse<byte[]> absent = calls.send("POST", "/v2/a/blobs/uploads/");
            assertThat(Calls.code(absent)).isEqualTo("NAME_UNKNOWN");
            registry.createRepository("a");
            String upload = calls.upload("a");
            assertThat(calls.send("PATCH", upload, content).statusCode()).isEqualTo(405);
            assertThat(calls.send("PUT", upload + "?digest=" + blob, content).statusCode())
                    .isEqualTo(413);
            assertThat(calls.get("/v2/_catalog").statusCode()).isEqualTo(404);
            assertThat(calls.get("/v2/a/referrers/" + blob).statusCode()).isEqualTo(404);
            registry.put("a", "v1", image);
            assertThat(Calls.header(calls.send("HEAD", "/v2/a/manifests/v1"), "Docker-Content-Digest"))
                    .isNotEqualTo(image.digest());
        }
    }

    @Test
    void servesPages() throws Exception {
        try (TestRegistry registry = TestRegistry.builder().pageSize(2).start();
                Calls calls = new Calls(registry.host())) {
            List.of("b", "a", "c/d").forEach(name -> registry.put(name, "v1", image));
            HttpResponse<byte[]> first = calls.get("/v2/_catalog?n=100");
            assertThat(Calls.json(first).get("repositories").value()).isEqualTo(List.of("a", "b"));
            String link = Calls.header(first, "Link");
            assertThat(link).endsWith("; rel=\"next\"");
            HttpResponse<byte[]> second = calls.get(link.substring(1, link.indexOf('>')));
            assertThat(Calls.json(second).get("repositories").value()).isEqualTo(List.of("c/d"));
            assertThat(Calls.header(second, "Link")).isEmpty();
        }
    }

    @Test
    void findsAndFiltersReferrers() throws Exception {
        try (TestRegistry registry = TestRegistry.start();
                Calls calls = new Calls(registry.host())) {
            SampleImage signature = SampleImages.signature(5, image);
            registry.put("a", "v1", image);
            registry.put("a", signature);
            HttpResponse<byte[]> put = calls.send(
                    "PUT", "/v2/a/manifests/" + signature.digest(), signature.bytes(), "Content-Type", MANIFEST);
            assertThat(Calls.header(put, "OCI-Subject")).isEqualTo(image.digest());
            String path = "/v2/a/referrers/" + image.digest();
            Json found = Calls.json(calls.get(path)).get("manifests");
            assertThat(found.items()).hasSize(1);
            assertThat(found.items().getFirst().get("digest").text()).isEqualTo(signature.digest());
            HttpResponse<byte[]> filtered = calls.get(path + "?artifactType=application/other");
            assertThat(Calls.json(filtered).get("manifests").items()).isEmpty();
            assertThat(Calls.header(filtered, "OCI-Filters-Applied")).isEqualTo("artifactType");
        }
    }

    @Test
    void gcrListing() throws Exception {
        try (TestRegistry registry = TestRegistry.builder().gcrListing(true).start();
                Calls calls = new Calls(registry.host())) {
            registry.put("ns/pause", "3.1", image);
            registry.put("ns/pause", "latest", image);
            registry.put("ns/pause/deep/er", "v1", image);
            Json top = Calls.json(calls.get("/v2/ns/tags/list"));
            assertThat(top.value())
                    .isEqualTo(
                            Map.of("child", List.of("pause"), "manifest", Map.of(), "name", "ns", "tags", List.of()));
            Json pause = Calls.json(calls.get("/v2/ns/pause/tags/list"));
            assertThat(pause.get("child").value()).isEqualTo(List.of("deep"));
            assertThat(pause.get("tags").value()).isEqualTo(List.of("3.1", "latest"));
            assertThat(pause.get("manifest").get(image.digest()).value())
                    .isEqualTo(Map.of(
                            "imageSizeBytes",
                            Long.toString(image.blobBytes()),
                            "layerId",
                            "",
                            "mediaType",
                            MANIFEST,
                            "tag",
                            List.of("3.1", "latest"),
                            "timeCreatedMs",
                            "1514764800000",
                            "timeUploadedMs",
                            "1514764800000"));
            assertThat(Calls.code(calls.get("/v2/nothing/tags/list"))).isEqualTo("NAME_UNKNOWN");
        }
    }

    @Test
    void limitsBearerTokensToScopeAndLifetime() throws Exception {
        try (TestRegistry registry = TestRegistry.builder()
                        .bearerAuth(Duration.ofMinutes(1), new User("u", "p"), new User("reader", "p", false))
                        .anonymousPull(false)
                        .start();
                Calls calls = new Calls(registry.host())) {
            registry.put("a", "v1", image);
            String challenge = Calls.header(calls.get("/v2/a/manifests/v1"), "WWW-Authenticate");
            assertThat(challenge)
                    .isEqualTo("Bearer realm=\"http://%s/token\",service=\"testkit\",scope=\"repository:a:pull\""
                            .formatted(registry.host()));
            String mount = "/v2/b/blobs/uploads/?mount=" + blob + "&from=a";
            assertThat(Calls.header(calls.send("POST", mount), "WWW-Authenticate"))
                    .contains("scope=\"repository:a:pull repository:b:pull,push\"");

            String pull = "/token?service=testkit&scope=repository:a:pull";
            assertThat(calls.get(pull).statusCode()).isEqualTo(401);
            String token = token(calls.get(pull, "Authorization", Calls.basic("u:p")));
            assertThat(calls.get("/v2/a/manifests/v1", "Authorization", token).statusCode())
                    .isEqualTo(200);
            HttpResponse<byte[]> narrow = calls.send("POST", "/v2/a/blobs/uploads/", "Authorization", token);
            assertThat(Calls.header(narrow, "WWW-Authenticate")).contains("error=\"insufficient_scope\"");

            String push = "grant_type=password&username=%s&password=p&service=testkit&access_type=offline"
                    + "&scope=repository:a:pull,push";
            HttpResponse<byte[]> given = calls.send("POST", "/token", bytes(push.formatted("u")));
            assertThat(upload(calls, token(given))).isEqualTo(202);
            String refresh = "grant_type=refresh_token&scope=repository:a:pull,push&refresh_token="
                    + Calls.json(given).get("refresh_token").text();
            assertThat(upload(calls, token(calls.send("POST", "/token", bytes(refresh)))))
                    .isEqualTo(202);
            assertThat(upload(calls, token(calls.send("POST", "/token", bytes(push.formatted("reader"))))))
                    .isEqualTo(401);

            registry.expireTokens();
            HttpResponse<byte[]> late = calls.get("/v2/a/manifests/v1", "Authorization", token);
            assertThat(Calls.header(late, "WWW-Authenticate")).contains("error=\"invalid_token\"");
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    private static String token(HttpResponse<byte[]> response) {
        assertThat(response.statusCode()).isEqualTo(200);
        return "Bearer " + Calls.json(response).get("access_token").text();
    }

    private static int upload(Calls calls, String token) throws Exception {
        return calls.send("POST", "/v2/a/blobs/uploads/", "Authorization", token)
                .statusCode();
    }

    @Test
    void refusesAuthorizationAtStorageHost() throws Exception {
        try (TestRegistry registry = TestRegistry.builder().redirectBlobs(true).start();
                Calls calls = new Calls(registry.host())) {
            registry.put("a", "v1", image);
            HttpResponse<byte[]> redirect = calls.get("/v2/a/blobs/" + blob);
            assertThat(redirect.statusCode()).isEqualTo(307);
            String location = Calls.header(redirect, "Location");
            assertThat(location).startsWith("http://localhost:").contains("X-Amz-Signature=");
            assertThat(calls.get(location).body()).isEqualTo(content);
            assertThat(calls.get(location, "Authorization", "Bearer x").statusCode())
                    .isEqualTo(400);
            assertThat(registry.storageLog().exchanges().getLast().header("Authorization"))
                    .isEqualTo("Bearer");
        }
    }

    @Test
    void keepsBigUploadsOutOfHeap() throws Exception {
        SampleLayer big = SampleImages.bigLayer(3, 24 << 20);
        try (TestRegistry registry = TestRegistry.start();
                WireClient client = new WireClient(registry.host())) {
            SampleImage sample = SampleImages.oci("linux/amd64", big);
            new ImagePush(client, new Headers()).push("a", "v1", sample);
            assertThat(registry.manifestDigest("a", "v1")).isEqualTo(sample.digest());
            try (Calls calls = new Calls(registry.host())) {
                byte[] tail = calls.get("/v2/a/blobs/" + big.digest(), "Range", "bytes=20000000-")
                        .body();
                assertThat(tail).isEqualTo(big.content().openAt(20_000_000).readAllBytes());
            }
        }
    }
}
