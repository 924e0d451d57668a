package io.github.gcrsync.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.demo.SampleNamespace;
import io.github.gcrsync.layout.OciLayouts;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.testkit.Program;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A served folder, read by third-party clients. */
final class FolderRegistryTest {
    private static final RepositoryName NAMESPACE = new RepositoryName("team");

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private OciLayouts images;
    private FolderRegistry registry;

    @BeforeEach
    void start() throws IOException {
        images = OciLayouts.at(folder.resolve("images"));
        SampleNamespace.write(images, NAMESPACE);
        registry = FolderRegistry.start(images, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void stop() {
        registry.close();
        http.close();
    }

    @Test
    void servesAllPlatformsToOras() {
        String image = registry.host() + "/team/pause:v1.0";

        run("oras", "cp", "--from-plain-http", "--to-oci-layout", image, "copy:v1.0");

        assertThat(run("oras", "resolve", "--oci-layout", "copy:v1.0"))
                .isEqualTo(run("oras", "resolve", "--plain-http", image));
        assertThat(run("oras", "repo", "tags", "--plain-http", registry.host() + "/team/etcd"))
                .contains("v1.0", "v1.3");
    }

    @Test
    void servesStoredContentToOras() {
        String manifest = run("oras", "manifest", "fetch", "--plain-http", registry.host() + "/team/etcd:v1.1");

        assertThat(manifest)
                .isEqualTo(new String(
                        images.repository(NAMESPACE.resolve("etcd"))
                                .manifest("v1.1")
                                .content()
                                .toArray(),
                        java.nio.charset.StandardCharsets.US_ASCII));
    }

    @Test
    void listsChildrenAndDigestsLikeGcr() throws Exception {
        assertThat(get("/v2/team/tags/list").body())
                .contains("\"child\":[\"coredns\",\"etcd\",")
                .contains("\"tags\":[]");
        String digest = images.repository(NAMESPACE.resolve("pause"))
                .resolve("v1.2")
                .orElseThrow()
                .digest()
                .value();
        assertThat(get("/v2/team/pause/tags/list").body())
                .contains("\"" + digest
                        + "\":{\"mediaType\":\"application/vnd.docker.distribution.manifest.list.v2+json\"")
                .contains("\"tag\":[\"v1.2\"]");
    }

    @Test
    void rejectsUnknownContentAndWrites() throws Exception {
        for (String path : new String[] {
            "/v2/team/none/tags/list",
            "/v2/team/etcd/manifests/none",
            "/v2/../etc/manifests/passwd",
            "/other",
            "/v2/team/etcd/blobs/sha256:" + "0".repeat(64)
        }) {
            assertThat(get(path).statusCode()).as(path).isEqualTo(404);
        }
        HttpResponse<String> upload = http.send(
                HttpRequest.newBuilder(uri("/v2/team/etcd/blobs/uploads/"))
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
        assertThat(upload.statusCode()).isEqualTo(405);
        assertThat(upload.body()).contains("UNSUPPORTED");
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://" + registry.host() + path);
    }

    private String run(String program, String... arguments) {
        return Program.require(program)
                .arguments(arguments)
                .in(folder)
                .run()
                .orThrow()
                .stdout();
    }
}
