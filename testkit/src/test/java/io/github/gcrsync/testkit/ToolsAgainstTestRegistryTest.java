package io.github.gcrsync.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests the registry in memory with independent clients. */
final class ToolsAgainstTestRegistryTest {
    private static final User WRITER = new User("writer", "secret");

    private static Program.Result skopeo(String... arguments) {
        return Program.require("skopeo").arguments(arguments).run().orThrow();
    }

    private static Program.Result oras(Path folder, String... arguments) {
        return Program.require("oras").arguments(arguments).in(folder).run().orThrow();
    }

    private static void copyByAll(TestRegistry from, String source, TestRegistry to, String target) {
        skopeo(
                "copy",
                "--all",
                "--preserve-digests",
                "--src-tls-verify=false",
                "--dest-tls-verify=false",
                "docker://" + from.host() + "/" + source,
                "docker://" + to.host() + "/" + target);
    }

    static Stream<Arguments> images() {
        return Stream.of(
                Arguments.of("oci", SampleImages.oci(1)),
                Arguments.of("docker", SampleImages.docker(2)),
                Arguments.of("index", SampleImages.multiPlatform(3)),
                Arguments.of("list", SampleImages.multiPlatformDocker(4)),
                Arguments.of("big", SampleImages.oci("linux/amd64", SampleImages.bigLayer(5, 20 << 20))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("images")
    void copiesEveryKindOfImageWithSkopeo(String kind, SampleImage image) {
        try (TestRegistry from = TestRegistry.start();
                TestRegistry to = TestRegistry.start()) {
            from.put("ns/" + kind, "v1", image);
            copyByAll(from, "ns/" + kind + ":v1", to, "other/" + kind + ":v2");

            assertThat(to.manifestDigest("other/" + kind, "v2"))
                    .as(() -> "" + to.log())
                    .isEqualTo(image.digest());
            assertThat(image.blobs().keySet()).allMatch(digest -> to.hasBlob("other/" + kind, digest));
            assertThat(to.uploadsInFlight()).isZero();
        }
    }

    @Test
    void readsImageConfigWithSkopeo() {
        try (TestRegistry registry = TestRegistry.start()) {
            SampleImage image = SampleImages.docker(7);
            registry.put("ns/a", "v1", image);
            String raw = skopeo("inspect", "--raw", "--tls-verify=false", "docker://" + registry.host() + "/ns/a:v1")
                    .stdout();
            assertThat(raw.getBytes(StandardCharsets.UTF_8)).isEqualTo(image.bytes());
            assertThat(skopeo("inspect", "--tls-verify=false", "docker://" + registry.host() + "/ns/a:v1")
                            .stdout())
                    .contains(image.digest(), "\"Architecture\": \"amd64\"");
        }
    }

    @Test
    void unpacksLayersWithSkopeo(@TempDir Path folder) {
        try (TestRegistry registry = TestRegistry.start()) {
            SampleLayer big = SampleImages.bigLayer(9, 1_000_000);
            registry.put("ns/a", "v1", SampleImages.oci("linux/amd64", SampleImages.layer(8, 3), big));
            skopeo(
                    "copy",
                    "--src-tls-verify=false",
                    "--dest-decompress",
                    "docker://" + registry.host() + "/ns/a:v1",
                    "dir:" + folder.resolve("image"));
            // Named by the digest of the tar: the unpacked layer matches the config's diff_id.
            Path tar = folder.resolve("image").resolve(big.diffId().replace("sha256:", ""));
            assertThat(tar).exists();
            assertThat(Program.require("tar")
                            .arguments("-tf", tar.toString())
                            .run()
                            .orThrow()
                            .stdout())
                    .isEqualToIgnoringNewLines("data/9");
        }
    }

    @Test
    void followsPagesOfTagsWithSkopeo() {
        try (TestRegistry registry = TestRegistry.builder().pageSize(2).start()) {
            List<String> tags = List.of("a", "b", "c", "d", "e");
            tags.forEach(tag -> registry.put("ns/a", tag, SampleImages.oci(1)));
            String listed = skopeo("list-tags", "--tls-verify=false", "docker://" + registry.host() + "/ns/a")
                    .stdout();
            assertThat(listed).contains("\"a\"", "\"b\"", "\"c\"", "\"d\"", "\"e\"");
            assertThat(registry.log().count("GET", "/tags/list")).isEqualTo(3);
        }
    }

    @Test
    void deletesWithSkopeo() {
        try (TestRegistry registry = TestRegistry.start()) {
            registry.put("ns/a", "v1", SampleImages.oci(1));
            skopeo("delete", "--tls-verify=false", "docker://" + registry.host() + "/ns/a:v1");
            assertThat(registry.tags("ns/a")).isEmpty();
        }
    }

    static Stream<Arguments> variants() {
        return Stream.of(
                Arguments.of("redirects", TestRegistry.builder().redirectBlobs(true)),
                Arguments.of("relative", TestRegistry.builder().relativeLocations(true)),
                Arguments.of("query", TestRegistry.builder().locationWithQuery(true)),
                Arguments.of("noMounts", TestRegistry.builder().mounts(false)),
                Arguments.of("noReferrers", TestRegistry.builder().referrersApi(false)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("variants")
    void supportsLegalVariantsWithSkopeo(String name, RegistryOptions options) {
        try (TestRegistry registry = options.start();
                TestRegistry plain = TestRegistry.start()) {
            SampleImage image = SampleImages.multiPlatform(11);
            plain.put("ns/a", "v1", image);
            copyByAll(plain, "ns/a:v1", registry, "ns/b:" + name);
            copyByAll(registry, "ns/b:" + name, plain, "ns/c:v1");
            assertThat(plain.manifestDigest("ns/c", "v1")).isEqualTo(image.digest());
            assertThat(registry.storageLog().exchanges())
                    .allMatch(exchange -> exchange.header("authorization").isEmpty());
            if (name.equals("redirects")) {
                assertThat(registry.storageLog().count("GET", "/storage/")).isPositive();
            }
        }
    }

    @Test
    void pushesPullsAndFindsReferrersWithOras(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("note.txt"), "a note");
        Files.writeString(folder.resolve("sbom.json"), "{}");
        try (TestRegistry registry = TestRegistry.start()) {
            String reference = registry.host() + "/ns/artifact:v1";
            oras(folder, "push", "--plain-http", "--artifact-type", "application/vnd.example", reference, "note.txt");
            oras(folder, "attach", "--plain-http", "--artifact-type", "application/sbom", reference, "sbom.json");
            Path out = Files.createDirectory(folder.resolve("out"));
            oras(out, "pull", "--plain-http", reference);

            assertThat(out.resolve("note.txt")).hasContent("a note");
            assertThat(oras(folder, "discover", "--plain-http", reference).stdout())
                    .contains("application/sbom");
            assertThat(registry.log().count("GET", "/referrers/sha256:")).isPositive();
            assertThat(registry.tags("ns/artifact")).containsExactly("v1");
        }
    }

    @Test
    void copiesNestedIndexesArtifactsAndSignaturesWithOras(@TempDir Path folder) {
        try (TestRegistry from = TestRegistry.start();
                TestRegistry to = TestRegistry.start()) {
            SampleImage nested = SampleImages.nestedIndex(5);
            SampleImage signature = SampleImages.signature(6, nested);
            from.put("ns/nested", "v1", nested);
            from.put("ns/nested", signature);
            from.put("ns/artifact", "v1", SampleImages.artifact(7, "application/vnd.example"));
            oras(
                    folder,
                    "cp",
                    "-r",
                    "--from-plain-http",
                    "--to-plain-http",
                    from.host() + "/ns/nested:v1",
                    to.host() + "/ns/nested:v1");
            oras(
                    folder,
                    "cp",
                    "--from-plain-http",
                    "--to-plain-http",
                    from.host() + "/ns/artifact:v1",
                    to.host() + "/ns/artifact:v1");
            assertThat(to.manifestDigest("ns/nested", "v1")).isEqualTo(nested.digest());
            assertThat(to.manifestDigest("ns/nested", signature.digest())).isEqualTo(signature.digest());
            assertThat(to.manifestDigest("ns/artifact", "v1")).isEqualTo(from.manifestDigest("ns/artifact", "v1"));
        }
    }

    @Test
    void logsInWithBasicAndBearer(@TempDir Path folder) {
        try (TestRegistry basic =
                        TestRegistry.builder().basicAuth("user", "password").start();
                TestRegistry bearer = TestRegistry.builder()
                        .bearerAuth(Duration.ofMinutes(1), WRITER)
                        .anonymousPull(false)
                        .start()) {
            SampleImage image = SampleImages.docker(3);
            basic.put("ns/a", "v1", image);
            skopeo(
                    "copy",
                    "--src-tls-verify=false",
                    "--dest-tls-verify=false",
                    "--src-creds=user:password",
                    "--dest-creds=writer:secret",
                    "docker://" + basic.host() + "/ns/a:v1",
                    "docker://" + bearer.host() + "/ns/a:v1");
            assertThat(bearer.manifestDigest("ns/a", "v1")).isEqualTo(image.digest());
            assertThat(bearer.log().count("GET", "^/token$")).isPositive();

            oras(
                    folder,
                    "cp",
                    "--from-plain-http",
                    "--to-plain-http",
                    "--from-username=writer",
                    "--from-password=secret",
                    "--to-username=user",
                    "--to-password=password",
                    bearer.host() + "/ns/a:v1",
                    basic.host() + "/ns/b:v1");
            assertThat(basic.manifestDigest("ns/b", "v1")).isEqualTo(image.digest());
        }
    }

    @Test
    void allowsAnonymousPullButNotPush() {
        try (TestRegistry registry =
                TestRegistry.builder().bearerAuth(Duration.ofMinutes(1), WRITER).start()) {
            registry.put("ns/a", "v1", SampleImages.docker(3));
            String image = "docker://" + registry.host() + "/ns/a:v1";
            skopeo("inspect", "--raw", "--tls-verify=false", image);
            Program.Result push = Program.require("skopeo")
                    .arguments("copy", "--src-tls-verify=false", "--dest-tls-verify=false", image, image + "2")
                    .run();
            assertThat(push.exitCode()).as("%s", push).isNotZero();
            assertThat(push.stderr()).contains("denied");
            assertThat(registry.tags("ns/a")).containsExactly("v1");
        }
    }
}
