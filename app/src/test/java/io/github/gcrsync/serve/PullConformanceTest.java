package io.github.gcrsync.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.content.Repository;
import io.github.gcrsync.layout.OciLayouts;
import io.github.gcrsync.layout.ServedFolder;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.text.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The workflows "Pull" and "Content Discovery" of the conformance tests of the OCI distribution specification 1.1. The
 * name of each test ends with the section that it checks.
 */
final class PullConformanceTest {
    private static final String IMAGE = "application/vnd.oci.image.manifest.v1+json";
    private static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final String UNKNOWN = "sha256:" + "0".repeat(64);

    @TempDir
    private Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private Repository repository;
    private Descriptor layer;
    private Manifest image;
    private Manifest index;
    private FolderRegistry registry;

    @BeforeEach
    void start() throws IOException {
        OciLayouts layouts = OciLayouts.at(folder);
        repository = layouts.repository(new RepositoryName("org/app"));
        layer = blob("a layer that has some length");
        image = image("", "");
        repository.putChild(image);
        index = manifest(INDEX, "\"manifests\":[" + json(image.descriptor()) + "]");
        repository.putManifest("1.0", index);
        for (String tag : List.of("test0", "test1", "test2", "test3")) {
            repository.putManifest(tag, image);
        }
        Repository base = layouts.repository(new RepositoryName("org/base"));
        image.children().forEach(child -> base.ensureBlob(child, repository.blob(child)));
        base.putManifest("1", image);
        registry = FolderRegistry.start(
                ServedFolder.at(folder), new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Optional.empty());
    }

    @AfterEach
    void stop() {
        registry.close();
        http.close();
    }

    private Descriptor blob(String text) {
        byte[] content = text.getBytes(UTF_8);
        Descriptor blob = Descriptor.of("application/octet-stream", content);
        repository.ensureBlob(blob, offset -> new ByteArrayInputStream(content, (int) offset, content.length));
        return blob;
    }

    private Manifest image(String artifactType, String more) {
        String type = artifactType.isEmpty() ? "" : "\"artifactType\":\"" + artifactType + "\",";
        return manifest(IMAGE, type + "\"config\":" + json(blob("{}")) + ",\"layers\":[" + json(layer) + "]" + more);
    }

    private static Manifest manifest(String mediaType, String fields) {
        byte[] content = "{\"schemaVersion\":2,\"mediaType\":\"%s\",%s}"
                .formatted(mediaType, fields)
                .getBytes(UTF_8);
        return Manifest.parse(mediaType, Digest.sha256(content), content);
    }

    private static String json(Descriptor content) {
        return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
                .formatted(content.mediaType(), content.digest(), content.size());
    }

    /** Stores a manifest that refers to the image. */
    private Manifest referrer(String artifactType) {
        Manifest referrer = image(artifactType, ",\"subject\":" + json(image.descriptor()));
        repository.putManifest(referrer.descriptor().digest().value(), referrer);
        return referrer;
    }

    private HttpResponse<byte[]> send(String method, String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + registry.host() + path))
                .method(method, BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), BodyHandlers.ofByteArray());
    }

    private HttpResponse<byte[]> get(String path, String... headers) throws Exception {
        return send("GET", path, headers);
    }

    private String blobPath() {
        return "/v2/org/app/blobs/" + layer.digest();
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    private static Map<?, ?> json(HttpResponse<byte[]> response) {
        return (Map<?, ?>) Objects.requireNonNull(Json.tree(response.body()));
    }

    private static List<?> list(HttpResponse<byte[]> response, String field) {
        return (List<?>) Objects.requireNonNull(json(response).get(field));
    }

    @Test
    @DisplayName("API version: Determining Support")
    void answersVersionCheck() throws Exception {
        HttpResponse<byte[]> response = get("/v2/");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(header(response, "Docker-Distribution-API-Version")).isEqualTo("registry/2.0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD"})
    @DisplayName("Existing blob: Pulling blobs; Checking if content exists in the registry")
    void servesBlob(String method) throws Exception {
        HttpResponse<byte[]> response = send(method, blobPath());

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(header(response, "Docker-Content-Digest"))
                .isEqualTo(layer.digest().value());
        assertThat(header(response, "Content-Length")).isEqualTo("" + layer.size());
        assertThat(response.body()).hasSize(method.equals("HEAD") ? 0 : (int) layer.size());
        assertThat(method.equals("HEAD") || layer.digest().equals(Digest.sha256(response.body())))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-4, 206, bytes 0-4/28, 5",
        "bytes=5-, 206, bytes 5-27/28, 23",
        "bytes=20-100, 206, bytes 20-27/28, 8",
        "bytes=-8, 206, bytes 20-27/28, 8",
        "bytes=-100, 206, bytes 0-27/28, 28",
        "bytes=28-, 416, bytes */28, 0",
        "bytes=-0, 416, bytes */28, 0",
        "bytes=999999999999999999-, 416, bytes */28, 0",
        "'bytes=0-1,4-5', 200, '', 28",
        "bytes=9-1, 200, '', 28",
        "bytes=-, 200, '', 28",
        "pages=1-2, 200, '', 28",
        "bytes=9999999999999999999999-, 200, '', 28"
    })
    @DisplayName("Parts of a blob: Pulling blobs; RFC 9110, section 14.2")
    void servesRanges(String range, int status, String contentRange, int length) throws Exception {
        HttpResponse<byte[]> response = get(blobPath(), "Range", range);

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(header(response, "Content-Range")).isEqualTo(contentRange);
        assertThat(response.body()).hasSize(length);
        assertThat(header(response, "Accept-Ranges")).isEqualTo("bytes");
        if (range.equals("bytes=-8")) {
            assertThat(new String(response.body(), UTF_8)).isEqualTo("e length");
        }
    }

    @Test
    @DisplayName("A range of other content: RFC 9110, section 13.1.5")
    void ignoresRangeOfOtherContent() throws Exception {
        String tag = "\"" + layer.digest() + "\"";

        assertThat(get(blobPath(), "Range", "bytes=0-4", "If-Range", tag).statusCode())
                .isEqualTo(206);
        assertThat(get(blobPath(), "Range", "bytes=0-4", "If-Range", "\"other\"")
                        .statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD"})
    @DisplayName("Nonexistent blob: Pulling blobs; Checking if content exists in the registry")
    void answersUnknownBlobByNotFound(String method) throws Exception {
        HttpResponse<byte[]> response = send(method, "/v2/org/app/blobs/" + UNKNOWN);

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(new String(response.body(), UTF_8)).contains(method.equals("GET") ? "\"BLOB_UNKNOWN\"" : "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD"})
    @DisplayName("Existing manifest by tag and digest: Pulling manifests")
    void servesManifest(String method) throws Exception {
        for (String reference : List.of("1.0", index.descriptor().digest().value())) {
            HttpResponse<byte[]> response = send(method, "/v2/org/app/manifests/" + reference);

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(header(response, "Docker-Content-Digest"))
                    .isEqualTo(index.descriptor().digest().value());
            assertThat(header(response, "Content-Type")).isEqualTo(INDEX);
            assertThat(header(response, "Content-Length"))
                    .isEqualTo("" + index.descriptor().size());
            assertThat(response.body())
                    .isEqualTo(
                            method.equals("HEAD")
                                    ? new byte[0]
                                    : index.content().toArray());
        }
    }

    @Test
    @DisplayName("Manifest that only an index names: Pulling manifests")
    void servesChildOfIndex() throws Exception {
        Manifest child = image("", ",\"annotations\":{\"a\":\"b\"}");
        repository.putChild(child);
        repository.putManifest("2.0", manifest(INDEX, "\"manifests\":[" + json(child.descriptor()) + "]"));

        HttpResponse<byte[]> response =
                get("/v2/org/app/manifests/" + child.descriptor().digest());

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(header(response, "Content-Type")).isEqualTo(IMAGE);
        assertThat(response.body()).isEqualTo(child.content().toArray());
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD"})
    @DisplayName("Nonexistent manifest: Pulling manifests; Checking if content exists in the registry")
    void answersUnknownManifestByNotFound(String method) throws Exception {
        for (String reference : List.of("unknown", UNKNOWN)) {
            HttpResponse<byte[]> response = send(method, "/v2/org/app/manifests/" + reference);

            assertThat(response.statusCode()).isEqualTo(404);
            assertThat(new String(response.body(), UTF_8)).contains(method.equals("GET") ? "\"MANIFEST_UNKNOWN\"" : "");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v2/org/none/manifests/1.0, 404, NAME_UNKNOWN",
        "GET, /v2/org/none/blobs/ZEROS, 404, NAME_UNKNOWN",
        "GET, /v2/org/none/tags/list, 404, NAME_UNKNOWN",
        "GET, /v2/org/none/referrers/ZEROS, 404, NAME_UNKNOWN",
        "GET, /v2/Org/app/manifests/1.0, 404, NAME_INVALID",
        "GET, /v2/org/app/blobs/sha256:abc, 400, DIGEST_INVALID",
        "GET, /v2/org/app/manifests/md5:abc, 400, DIGEST_INVALID",
        "GET, /v2/org/app/referrers/1.0, 400, DIGEST_INVALID",
        "GET, /v2/org/app/tags/list?n=x, 400, PAGINATION_NUMBER_INVALID",
        "GET, /v2/org/app/tags/list?n=-1, 400, PAGINATION_NUMBER_INVALID",
        "GET, /v2/_catalog?n=99999999999999999999, 400, PAGINATION_NUMBER_INVALID",
        "GET, /other, 404, UNSUPPORTED",
        "POST, /v2/org/app/blobs/uploads/, 405, UNSUPPORTED",
        "PUT, /v2/org/app/manifests/1.0, 405, UNSUPPORTED",
        "PATCH, /v2/org/app/blobs/uploads/1, 405, UNSUPPORTED",
        "DELETE, /v2/org/app/manifests/1.0, 405, UNSUPPORTED"
    })
    @DisplayName("Errors as JSON: Error Codes")
    void namesErrors(String method, String path, int status, String code) throws Exception {
        HttpResponse<byte[]> response = send(method, path.replace("ZEROS", UNKNOWN));

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(header(response, "Content-Type")).isEqualTo("application/json");
        Map<?, ?> error = (Map<?, ?>) list(response, "errors").getFirst();
        assertThat(error.get("code")).isEqualTo(code);
        assertThat(header(response, "Allow")).isEqualTo(status == 405 ? "GET, HEAD" : "");
    }

    @Test
    @DisplayName("Tag list: Listing Tags")
    void listsTags() throws Exception {
        Map<?, ?> list = json(get("/v2/org/app/tags/list"));

        assertThat(list.get("name")).isEqualTo("org/app");
        assertThat(list.get("tags")).isEqualTo(List.of("1.0", "test0", "test1", "test2", "test3"));
    }

    @Test
    @DisplayName("Tag list with n and last: Listing Tags")
    void listsTagsByPages() throws Exception {
        assertThat(json(get("/v2/org/app/tags/list?n=0")).get("tags")).isEqualTo(List.of());
        assertThat(json(get("/v2/org/app/tags/list?n=2&last=test1")).get("tags"))
                .isEqualTo(List.of("test2", "test3"));
        assertThat(json(get("/v2/org/app/tags/list?last=test10")).get("tags")).isEqualTo(List.of("test2", "test3"));
        assertThat(list(get("/v2/org/app/tags/list?n=4294967295"), "tags")).hasSize(5);
        assertThat(pages("/v2/org/app/tags/list?n=2", "tags"))
                .containsExactly(List.of("1.0", "test0"), List.of("test1", "test2"), List.of("test3"));
    }

    @Test
    @DisplayName("Tag list without n: Listing Tags")
    void limitsPages() throws Exception {
        String entry = json(image.descriptor());
        Files.writeString(
                folder.resolve("org/app/index.json"),
                IntStream.range(0, 10_001)
                        .mapToObj(tag -> entry.replace(
                                "}", ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"t" + tag + "\"}}"))
                        .collect(Collectors.joining(",", "{\"schemaVersion\":2,\"manifests\":[", "]}")));
        Files.createDirectories(folder.resolve("org/app/below/blobs"));
        Files.writeString(folder.resolve("org/app/below/index.json"), "{\"schemaVersion\":2,\"manifests\":[]}");

        assertThat(pages("/v2/org/app/tags/list", "tags"))
                .extracting(page -> ((List<?>) page).size())
                .containsExactly(10_000, 1);
        assertThat(pages("/v2/org/app/tags/list?n=20000", "child")).containsExactly(List.of("below"), List.of());
    }

    @Test
    @DisplayName("Catalog: of the Docker registry API, section Listing Repositories")
    void listsRepositoriesByPages() throws Exception {
        assertThat(json(get("/v2/_catalog")).get("repositories")).isEqualTo(List.of("org/app", "org/base"));
        assertThat(pages("/v2/_catalog?n=1", "repositories")).containsExactly(List.of("org/app"), List.of("org/base"));
    }

    /** Follows the links. */
    private List<Object> pages(String first, String field) throws Exception {
        List<Object> pages = new ArrayList<>();
        for (String path = first; !path.isEmpty(); ) {
            HttpResponse<byte[]> page = get(path);
            pages.add(json(page).get(field));
            path = header(page, "Link").replaceFirst("<(.*)>; rel=\"next\"", "$1");
        }
        return pages;
    }

    @Test
    @DisplayName("No referrers: Listing Referrers")
    void listsNoReferrersOfUnknownSubject() throws Exception {
        HttpResponse<byte[]> response = get("/v2/org/app/referrers/" + UNKNOWN);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(header(response, "Content-Type")).isEqualTo(INDEX);
        assertThat(json(response).get("manifests")).isEqualTo(List.of());
        assertThat(json(response).get("schemaVersion")).isEqualTo(2L);
    }

    @Test
    @DisplayName("Referrers with a filter: Listing Referrers")
    void listsReferrers() throws Exception {
        Manifest signature = referrer("application/vnd.example.signature");
        Manifest sbom = referrer("application/vnd.example.sbom");
        String path = "/v2/org/app/referrers/" + image.descriptor().digest();

        HttpResponse<byte[]> all = get(path);
        HttpResponse<byte[]> filtered = get(path + "?artifactType=application%2Fvnd.example.sbom");

        assertThat(digests(all))
                .containsExactlyInAnyOrder(
                        signature.descriptor().digest().value(),
                        sbom.descriptor().digest().value());
        assertThat(header(all, "OCI-Filters-Applied")).isEmpty();
        assertThat(digests(filtered)).containsExactly(sbom.descriptor().digest().value());
        assertThat(header(filtered, "OCI-Filters-Applied")).isEqualTo("artifactType");
        assertThat(new String(filtered.body(), UTF_8))
                .contains("\"artifactType\":\"application/vnd.example.sbom\"", "\"mediaType\":\"" + IMAGE + "\"");
    }

    private static List<Object> digests(HttpResponse<byte[]> index) {
        return list(index, "manifests").stream()
                .<Object>map(manifest -> ((Map<?, ?>) manifest).get("digest"))
                .toList();
    }

    @Test
    @DisplayName("Content that the client has: RFC 9110, section 13.1.2")
    void sendsNothingThatClientHas() throws Exception {
        String tag = header(get("/v2/org/app/manifests/1.0"), "ETag");

        HttpResponse<byte[]> response = get("/v2/org/app/manifests/1.0", "If-None-Match", tag);
        repository.putManifest("1.0", image);

        assertThat(response.statusCode()).isEqualTo(304);
        assertThat(get("/v2/org/app/manifests/1.0", "If-None-Match", tag).statusCode())
                .isEqualTo(200);
        assertThat(get(blobPath(), "If-None-Match", "\"" + layer.digest() + "\"")
                        .statusCode())
                .isEqualTo(304);
    }

    @Test
    @DisplayName("Manifest of an unknown type: Pulling manifests")
    void servesManifestOfUnknownType() throws Exception {
        byte[] content = "{\"new\":\"format\"}".getBytes(UTF_8);
        Digest digest = Digest.sha256(content);
        Files.write(folder.resolve("org/app/blobs/sha256/" + digest.hex()), content);
        Path file = folder.resolve("org/app/index.json");
        String entries = Files.readString(file);
        Files.writeString(
                file,
                entries.replaceFirst(
                        "\"manifests\" *: *\\[",
                        "\"manifests\":[{\"mediaType\":\"application/x-new\\\\r\\\\nX-Evil: 1\",\"digest\":\"" + digest
                                + "\",\"size\":" + content.length
                                + ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"new\"}},"));

        HttpResponse<byte[]> response = get("/v2/org/app/manifests/new");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(header(response, "Content-Type")).isEqualTo("application/x-new??X-Evil: 1");
        assertThat(header(response, "X-Evil")).isEmpty();
        assertThat(response.body()).isEqualTo(content);
    }
}
