package io.github.gcrsync.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.demo.SampleNamespace;
import io.github.gcrsync.layout.OciLayouts;
import io.github.gcrsync.layout.ServedFolder;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.testkit.Program;
import io.github.gcrsync.text.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
        registry = FolderRegistry.start(
                ServedFolder.at(folder.resolve("images")),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Optional.empty());
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
                        StandardCharsets.US_ASCII));
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
    void servesAllPlatformsToSkopeo() {
        String image = "docker://" + registry.host() + "/team/pause:v1.0";

        copy("--all", image, "dir:copy");

        assertThat(folder.resolve("copy/manifest.json"))
                .hasContent(run("skopeo", "inspect", "--tls-verify=false", "--raw", image));
    }

    @Test
    void servesImageToUmoci() throws IOException {
        Files.writeString(folder.resolve("file"), "content");
        run("umoci", "init", "--layout", "images/built");
        run("umoci", "new", "--image", "images/built:1");
        run("umoci", "insert", "--rootless", "--image", "images/built:1", "file", "/file");
        copy("--quiet", "docker://" + registry.host() + "/built:1", "oci:layout:1");

        run("umoci", "unpack", "--rootless", "--image", "layout:1", "unpacked");

        assertThat(folder.resolve("unpacked/rootfs/file")).hasContent("content");
    }

    private void copy(String option, String from, String to) {
        run("skopeo", "copy", "--insecure-policy", "--src-tls-verify=false", option, from, to);
    }

    @Test
    void servesImageToBuildah() {
        String image = "docker://" + registry.host() + "/team/etcd:v1.1";

        buildah("pull", "--quiet", "--tls-verify=false", image);

        assertThat(buildah("images", "--format", "{{.Digest}}").strip()).isEqualTo(digest("etcd", "v1.1"));
    }

    /** Without a daemon, and with all its files in the folder. */
    private String buildah(String command, String... arguments) {
        return Program.require("buildah")
                .arguments("--root=" + folder.resolve("storage"), "--runroot=" + folder.resolve("run"))
                .arguments("--storage-driver=vfs", command)
                .arguments(arguments)
                .environment("HOME", folder.toString())
                .environment("BUILDAH_ISOLATION", "chroot")
                .in(folder)
                .run()
                .orThrow()
                .stdout();
    }

    private String digest(String repository, String tag) {
        return images.repository(NAMESPACE.resolve(repository))
                .resolve(tag)
                .orElseThrow()
                .digest()
                .value();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v2/../etc/manifests/passwd",
                "/v2/team/../../etc/manifests/passwd",
                "/v2/team/%2e%2e/%2e%2e/manifests/passwd",
                "/v2/team%2f..%2f..%2fimages/team/etcd/manifests/v1.1",
                "/v2/team/etcd%00/manifests/v1.1",
                "/v2/team/etcd/manifests/v1.1%00",
                "/v2/team/etcd/manifests/..%2findex.json",
                "/v2//team/etcd/manifests/v1.1",
                "/v2/team/etcd/.gcrsync/manifests/v1.1",
                "/v2/team/etcd/tags/none",
                "/v2/other/tags/list"
            })
    void servesNothingElse(String path) throws Exception {
        assertThat(get(path).statusCode()).isBetween(400, 404);
    }

    @Test
    void followsNoLinksThatLeaveFolder() throws Exception {
        Path secret = Files.createDirectories(folder.resolve("secret/blobs/sha256"));
        Digest digest = Digest.sha256("secret".getBytes(StandardCharsets.US_ASCII));
        Files.writeString(secret.resolve(digest.hex()), "secret");
        Files.writeString(folder.resolve("secret/oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
        Path team = folder.resolve("images/team");
        Files.createSymbolicLink(team.resolve("linked"), folder.resolve("secret"));
        Files.createSymbolicLink(team.resolve("etcd/blobs/sha256/" + digest.hex()), secret.resolve(digest.hex()));
        Files.createSymbolicLink(team.resolve("same"), team.resolve("etcd"));

        assertThat(get("/v2/team/linked/blobs/" + digest).statusCode()).isEqualTo(404);
        assertThat(get("/v2/team/linked/tags/list").statusCode()).isEqualTo(404);
        assertThat(get("/v2/team/etcd/blobs/" + digest).statusCode()).isEqualTo(404);
        assertThat(get("/v2/team/etcd/manifests/" + digest).statusCode()).isEqualTo(404);
        assertThat(get("/v2/team/same/manifests/v1.1").statusCode()).isEqualTo(200);
        assertThat(get("/v2/_catalog").body()).doesNotContain("linked", "same");
    }

    @Test
    void servesWhatIsAddedMeanwhile() throws Exception {
        assertThat(get("/v2/later/pause/manifests/v1.0").statusCode()).isEqualTo(404);
        assertThat(get("/v2/_catalog").body()).doesNotContain("later/pause");

        SampleNamespace.write(images, new RepositoryName("later"));
        images.repository(NAMESPACE.resolve("etcd"))
                .putManifest("new", images.repository(NAMESPACE.resolve("etcd")).manifest("v1.0"));

        assertThat(get("/v2/later/pause/manifests/v1.0").statusCode()).isEqualTo(200);
        assertThat(get("/v2/_catalog").body()).contains("later/pause");
        assertThat(get("/v2/team/etcd/tags/list").body()).contains("\"new\"");
    }

    @Test
    void servesOnlyWholeImagesWhileTheyAreWritten() throws Exception {
        AtomicBoolean isWritten = new AtomicBoolean();
        Thread writer = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 10; i++) {
                SampleNamespace.write(images, new RepositoryName("ns" + i));
            }
            isWritten.set(true);
        });
        Set<String> read = new HashSet<>();
        boolean isLast;
        do {
            isLast = isWritten.get();
            for (Object repository : list(get("/v2/_catalog"), "repositories")) {
                for (Object tag : list(get("/v2/" + repository + "/tags/list"), "tags")) {
                    if (read.add(repository + ":" + tag)) {
                        assertWhole("/v2/" + repository, "/manifests/" + tag);
                    }
                }
            }
        } while (!isLast);
        writer.join();

        assertThat(read).hasSize(11 * 6 * 4);
    }

    /** Checks the digest of everything that a manifest names. */
    private void assertWhole(String repository, String path) throws Exception {
        HttpResponse<String> content = get(repository + path);
        assertThat(content.statusCode()).as(repository + path).isEqualTo(200);
        for (MatchResult digest : Pattern.compile("sha256:[0-9a-f]{64}")
                .matcher(content.body())
                .results()
                .toList()) {
            HttpResponse<byte[]> blob = http.send(
                    HttpRequest.newBuilder(uri(repository + "/blobs/" + digest.group()))
                            .build(),
                    BodyHandlers.ofByteArray());
            assertThat(Digest.sha256(blob.body()).value()).isEqualTo(digest.group());
        }
    }

    private static List<?> list(HttpResponse<String> response, String field) {
        Map<?, ?> fields =
                (Map<?, ?>) Objects.requireNonNull(Json.tree(response.body().getBytes(UTF_8)));
        return (List<?>) Objects.requireNonNull(fields.get(field));
    }

    @Test
    void namesDamagedFilesInLogOnly() throws Exception {
        Path index = folder.resolve("images/team/etcd/index.json");
        Files.writeString(index, "{");

        assertThat(get("/v2/team/etcd/manifests/v1.1").statusCode()).isEqualTo(500);
        assertThat(get("/v2/team/etcd/manifests/v1.1").body()).doesNotContain(folder.toString());
        assertThat(get("/v2/team/pause/manifests/v1.1").statusCode()).isEqualTo(200);
    }

    @Test
    void namesOnlyLayoutAfterFolder() throws Exception {
        registry.close();
        Path only = Files.move(folder.resolve("images/team/etcd"), folder.resolve("Etcd"));
        registry = FolderRegistry.start(
                ServedFolder.at(only), new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Optional.empty());

        assertThat(get("/v2/etcd/manifests/v1.1").statusCode()).isEqualTo(200);
        assertThat(get("/v2/_catalog").body()).isEqualTo("{\"repositories\":[\"etcd\"]}");
        assertThat(get("/v2/etcd/tags/list").body()).contains("\"v1.1\"");
        assertThat(get("/v2/Etcd/manifests/v1.1").statusCode()).isEqualTo(404);
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
