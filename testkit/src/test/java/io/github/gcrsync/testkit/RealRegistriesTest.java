package io.github.gcrsync.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests docker-registry directly, and behind a front that imitates gcr.io. */
final class RealRegistriesTest {
    private static Program.Result skopeo(String... arguments) {
        return Program.require("skopeo").arguments(arguments).run();
    }

    private static String rawDigest(String reference) {
        String raw = skopeo("inspect", "--raw", "--tls-verify=false", "docker://" + reference)
                .orThrow()
                .stdout();
        return Digests.of(raw.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void preservesDigestsInDockerRegistry(@TempDir Path folder) {
        try (TestRegistry source = TestRegistry.start();
                DockerRegistry registry = DockerRegistry.start(folder)) {
            SampleImage list = SampleImages.multiPlatformDocker(1);
            source.put("ns/a", "v1", list);
            String copied = registry.host() + "/ns/a:v1";
            skopeo(
                            "copy",
                            "--all",
                            "--src-tls-verify=false",
                            "--dest-tls-verify=false",
                            "docker://" + source.host() + "/ns/a:v1",
                            "docker://" + copied)
                    .orThrow();
            assertThat(rawDigest(copied)).as(registry::logs).isEqualTo(list.digest());
            assertThat(registry.requests("PUT /v2/ns/a/manifests/v1 ")).isEqualTo(1);
            assertThat(registry.requests()).isGreaterThan(10);

            int before = registry.requests();
            SampleImage artifact = SampleImages.artifact(2, "application/vnd.example");
            registry.put("ns/b", "v1", artifact);
            assertThat(registry.requests()).isEqualTo(before);
            assertThat(rawDigest(registry.host() + "/ns/b:v1")).isEqualTo(artifact.digest());
        }
    }

    @Test
    void requiresPasswordAndSupportsReadOnlyMode(@TempDir Path folder) throws Exception {
        try (DockerRegistry registry = DockerRegistry.in(folder).user("mirror").start()) {
            registry.put("ns/a", "v1", SampleImages.docker(1));
            try (Calls calls = new Calls(registry.host())) {
                assertThat(calls.get("/v2/").statusCode()).isEqualTo(401);
                String login = Calls.basic("mirror:" + DockerRegistry.PASSWORD);
                assertThat(calls.get("/v2/ns/a/manifests/v1", "Authorization", login)
                                .statusCode())
                        .isEqualTo(200);
            }
        }
        try (DockerRegistry registry = DockerRegistry.in(folder).readOnly(true).start();
                Calls calls = new Calls(registry.host())) {
            assertThat(calls.get("/v2/ns/a/tags/list").statusCode()).isEqualTo(200);
            assertThat(calls.send("POST", "/v2/ns/a/blobs/uploads/").statusCode())
                    .isEqualTo(405);
        }
    }

    @Test
    void servesHttps(@TempDir Path folder) {
        Program.require("openssl")
                .arguments("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1")
                .arguments("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "ca.crt")
                .in(folder)
                .run()
                .orThrow();
        try (DockerRegistry registry = DockerRegistry.in(folder.resolve("registry"))
                        .tls(folder.resolve("ca.crt"), folder.resolve("key.pem"))
                        .start();
                TestRegistry source = TestRegistry.start()) {
            source.put("a", "v1", SampleImages.docker(1));
            Program.Result copy = skopeo(
                    "copy",
                    "--src-tls-verify=false",
                    "--dest-cert-dir=" + folder,
                    "docker://" + source.host() + "/a:v1",
                    "docker://" + registry.host() + "/a:v1");
            assertThat(copy.exitCode()).as("%s %s", copy, registry.logs()).isZero();
            assertThatThrownBy(() -> registry.put("a", "v2", SampleImages.docker(1)))
                    .hasMessageContaining("plain HTTP");
        }
    }

    @Test
    void reportsWhyRegistryCannotStart(@TempDir Path folder) {
        DockerRegistryOptions options =
                DockerRegistry.in(folder).tls(folder.resolve("none.crt"), folder.resolve("none.key"));
        assertThatThrownBy(options::start).hasMessageContaining("none.crt");
    }

    @Test
    void listsThroughFrontLikeRegistryInMemory(@TempDir Path folder) throws Exception {
        try (TestRegistry memory = TestRegistry.builder().gcrListing(true).start();
                DockerRegistry real = DockerRegistry.start(folder);
                GcrFront front = GcrFront.inFrontOf(real.host());
                Calls calls = new Calls("")) {
            SampleNamespace.fill(memory, "ns", 5, 3, 42);
            SampleNamespace.fill(real::put, "ns", 5, 3, 42);
            SampleImage nested = SampleImages.nestedIndex(3);
            memory.put("ns/pause/nested", "v1", nested);
            real.put("ns/pause/nested", "v1", nested);
            for (String name : new String[] {"ns", "ns/pause", "ns/etcd", "ns/pause/nested", "ns/kube-apiserver"}) {
                String path = "/v2/" + name + "/tags/list?n=10000";
                HttpResponse<byte[]> expected = calls.get("http://" + memory.host() + path);
                HttpResponse<byte[]> made = calls.get("http://" + front.host() + path);
                assertThat(timeless(made)).isEqualTo(timeless(expected));
                assertThat(Calls.json(made).get("name").text()).isEqualTo(name);
            }
            assertThat(front.log().count()).isEqualTo(5);
            assertThat(calls.get("http://" + front.host() + "/v2/other/tags/list")
                            .statusCode())
                    .isEqualTo(404);
            assertThat(Calls.json(calls.get("http://" + front.host() + "/v2/ns/tags/list"))
                            .get("child")
                            .items())
                    .hasSize(5);
        }
    }

    private static String timeless(HttpResponse<byte[]> listing) {
        return new String(listing.body(), StandardCharsets.UTF_8)
                .replaceAll("\"time(Created|Uploaded)Ms\":\"\\d+\"", "\"time\":0");
    }

    @Test
    void readsListingOnceEachTimeFrontIsFrozen(@TempDir Path folder) throws Exception {
        try (DockerRegistry real = DockerRegistry.start(folder);
                GcrFront front = GcrFront.inFrontOf(real.host()).freeze();
                Calls calls = new Calls(front.host())) {
            real.put("ns/a", "v1", SampleImages.oci(1));
            byte[] first = calls.get("/v2/ns/a/tags/list").body();
            int asked = real.requests();
            real.put("ns/a", "v2", SampleImages.oci(2));
            assertThat(calls.get("/v2/ns/a/tags/list").body()).isEqualTo(first);
            assertThat(real.requests()).isEqualTo(asked);

            front.freeze();
            assertThat(calls.get("/v2/ns/a/tags/list").body()).asString().contains("\"v2\"");
        }
    }

    @Test
    void pushesAndPullsThroughFront(@TempDir Path folder) {
        try (TestRegistry source = TestRegistry.start();
                DockerRegistry real = DockerRegistry.in(folder).user("mirror").start();
                TestRegistry target = TestRegistry.start();
                GcrFront front = GcrFront.inFrontOf(real.host())) {
            SampleImage image = SampleImages.oci("linux/amd64", SampleImages.bigLayer(1, 40 << 20));
            source.put("a", "v1", image);
            String login = "mirror:" + DockerRegistry.PASSWORD;
            Program.Result push = skopeo(
                    "copy",
                    "--src-tls-verify=false",
                    "--dest-tls-verify=false",
                    "--dest-creds=" + login,
                    "docker://" + source.host() + "/a:v1",
                    "docker://" + front.host() + "/ns/a:v1");
            assertThat(push.exitCode()).as("%s %s", push, front.log()).isZero();
            skopeo(
                            "copy",
                            "--src-tls-verify=false",
                            "--dest-tls-verify=false",
                            "--src-creds=" + login,
                            "docker://" + front.host() + "/ns/a:v1",
                            "docker://" + target.host() + "/b:v1")
                    .orThrow();
            assertThat(target.manifestDigest("b", "v1")).isEqualTo(image.digest());
            // All requests to the registry went through the front, which counted them.
            long patience = System.nanoTime() + 10_000_000_000L;
            while (real.requests() < front.log().count() && System.nanoTime() < patience) {
                Thread.onSpinWait(); // A line of the access log may appear after its answer.
            }
            assertThat(front.log().count()).isEqualTo(real.requests());
            assertThat(front.log().responseBytes()).isGreaterThan(40 << 20);
            assertThat(front.log().requestBytes()).isGreaterThan(40 << 20);
        }
    }

    @Test
    void forwardsRedirectsAndTokensThroughFront() {
        try (TestRegistry behind = TestRegistry.builder()
                        .bearerAuth(java.time.Duration.ofMinutes(1), new User("u", "p"))
                        .redirectBlobs(true)
                        .start();
                TestRegistry target = TestRegistry.start();
                GcrFront front = GcrFront.inFrontOf(behind.host())) {
            SampleImage image = SampleImages.docker(1);
            behind.put("ns/a", "v1", image);
            skopeo(
                            "copy",
                            "--src-tls-verify=false",
                            "--dest-tls-verify=false",
                            "docker://" + front.host() + "/ns/a:v1",
                            "docker://" + target.host() + "/a:v1")
                    .orThrow();
            assertThat(target.manifestDigest("a", "v1")).isEqualTo(image.digest());
            assertThat(behind.storageLog().count()).isPositive();
        }
    }
}
