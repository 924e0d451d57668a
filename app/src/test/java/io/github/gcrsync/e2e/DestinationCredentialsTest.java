package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.commands.Workplace;
import io.github.gcrsync.testkit.DockerRegistry;
import io.github.gcrsync.testkit.RegistryOptions;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.SampleNamespace;
import io.github.gcrsync.testkit.TestRegistry;
import io.github.gcrsync.testkit.User;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** All ways to pass credentials, and what happens if the destination refuses them. */
final class DestinationCredentialsTest {
    private static final String PASSWORD = "p:äss wörd";
    private static final User WRITER = new User("writer", PASSWORD);

    private final TestRegistry source = TestRegistry.builder().gcrListing(true).start();

    @TempDir
    private Path folder;

    private Workplace workplace;

    @BeforeEach
    void fill() {
        workplace = new Workplace(folder);
        SampleNamespace.fill(source, "ns", 3, 2, 1);
    }

    @AfterEach
    void stop() {
        source.close();
    }

    static Stream<RegistryOptions> registries() {
        return Stream.of(basic(), bearer());
    }

    private static RegistryOptions basic() {
        return TestRegistry.builder().basicAuth("writer", PASSWORD);
    }

    /** Like Docker Hub: anyone may pull. */
    private static RegistryOptions bearer() {
        return TestRegistry.builder().bearerAuth(Duration.ofMinutes(5), WRITER);
    }

    @ParameterizedTest
    @MethodSource("registries")
    void logsInWithFlags(RegistryOptions options) {
        try (TestRegistry destination = options.start()) {
            assertMirrored(destination, "--dockeruser=writer", "--dockerpassword", PASSWORD);
        }
    }

    @ParameterizedTest
    @MethodSource("registries")
    void prefersFlagsToNamedFileToOtherFiles(RegistryOptions options) throws IOException {
        try (TestRegistry destination = options.start()) {
            Path wrong = authFile("wrong.json", destination.host(), "other");
            Path right = authFile("right.json", destination.host(), PASSWORD);
            workplace.dockerConfig(Files.readString(wrong));
            workplace.set("REGISTRY_AUTH_FILE", wrong.toString());
            assertMirrored(destination, "--authfile=" + right);
        }
        try (TestRegistry destination = options.start()) {
            Path wrong = authFile("wrong.json", destination.host(), "other");
            assertMirrored(destination, "--authfile=" + wrong, "--dockeruser=writer", "--dockerpassword", PASSWORD);
        }
    }

    private Path authFile(String name, String host, String password) throws IOException {
        String pair = Base64.getEncoder().encodeToString(("writer:" + password).getBytes(StandardCharsets.UTF_8));
        return Files.writeString(folder.resolve(name), "{\"auths\":{\"" + host + "\":{\"auth\":\"" + pair + "\"}}}");
    }

    @ParameterizedTest
    @MethodSource("registries")
    void logsInWithEnvironment(RegistryOptions options) {
        workplace.set("GCRSYNC_DOCKERPASSWORD", PASSWORD);
        try (TestRegistry destination = options.start()) {
            assertMirrored(destination, "--dockeruser=writer");
        }
    }

    @Test
    void usesSeparateUserForSource() {
        try (TestRegistry closed = TestRegistry.builder()
                        .gcrListing(true)
                        .basicAuth("reader", "r3ad")
                        .start();
                TestRegistry destination = basic().start()) {
            SampleNamespace.fill(closed, "ns", 2, 1, 1);
            workplace.set("GCRSYNC_DOCKERPASSWORD", PASSWORD).set("GCRSYNC_SOURCE_PASSWORD", "r3ad");

            InProcess.Result result = workplace.sync(
                    closed.host(), destination.host() + "/mirror", "--dockeruser=writer", "--source-user=reader");
            assertThat(result.exitCode()).as(result.toString()).isZero();

            InProcess.Result wrong = workplace.sync(
                    closed.host(),
                    "oci:" + folder.resolve("mirror"),
                    "--source-user=reader",
                    "--source-password=wr0ng");
            assertThat(wrong.exitCode()).as(wrong.toString()).isEqualTo(3);
            assertThat(wrong.err()).contains("401").doesNotContain("wr0ng");

            InProcess.Result nobody =
                    workplace.sync(closed.host(), "oci:" + folder.resolve("mirror"), "--source-password=wr0ng");
            assertThat(nobody.exitCode()).isEqualTo(2);
            assertThat(nobody.err()).contains("a password needs a user; add --source-user");
        }
    }

    @ParameterizedTest
    @MethodSource("registries")
    void prefersStandardInputToEnvironment(RegistryOptions options) {
        workplace.set("GCRSYNC_DOCKERPASSWORD", "wrong").typing(PASSWORD + "\nmore\n");
        try (TestRegistry destination = options.start()) {
            assertMirrored(destination, "--dockeruser=writer", "--dockerpassword-stdin");
        }
    }

    @ParameterizedTest
    @MethodSource("registries")
    void logsInWithDockerConfiguration(RegistryOptions options) {
        String pair = Base64.getEncoder().encodeToString(("writer:" + PASSWORD).getBytes(StandardCharsets.UTF_8));
        try (TestRegistry destination = options.start()) {
            workplace.dockerConfig("{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}".formatted(destination.host(), pair));
            assertMirrored(destination);
        }
    }

    @Test
    void prefersFlagToDockerConfiguration() {
        try (TestRegistry destination = basic().start()) {
            workplace.dockerConfig("{\"auths\":{\"%s\":{\"username\":\"writer\",\"password\":\"old\"}}}"
                    .formatted(destination.host()));
            assertMirrored(destination, "--dockeruser=writer", "--dockerpassword=" + PASSWORD);
        }
    }

    @Test
    void logsInToRealRegistry() {
        try (DockerRegistry real =
                DockerRegistry.in(folder.resolve("real")).user("someone").start()) {
            InProcess.Result result = workplace.sync(
                    source.host(),
                    real.host() + "/mirror",
                    "--dockeruser=someone",
                    "--dockerpassword=" + DockerRegistry.PASSWORD);

            assertThat(result.exitCode()).as("%s\n%s", result, real.logs()).isZero();
            String image = workplace.metadata().images().getFirst();
            assertThat(OtherTools.digest(
                            "docker://" + real.host() + "/mirror/" + image,
                            "--creds=someone:" + DockerRegistry.PASSWORD))
                    .isEqualTo(workplace.metadata().digests().get(image));
        }
    }

    @Test
    void renewsExpiringTokens() {
        // A token of one second is renewed before it is half used: each request may need a new one.
        try (TestRegistry destination =
                TestRegistry.builder().bearerAuth(Duration.ofSeconds(1), WRITER).start()) {
            source.put("ns/big", "1", SampleImages.oci("linux/amd64", SampleImages.bigLayer(1, 30 << 20)));
            assertMirrored(destination, "--dockeruser=writer", "--dockerpassword=" + PASSWORD);
        }
    }

    static Stream<Arguments> refusals() {
        String[] wrong = {"--dockeruser=writer", "--dockerpassword=x"};
        String refused = "the destination refused the user writer or the password: HTTP 401 from ";
        String unknown = "the destination asks for a login: HTTP 401 ";
        return Stream.of(
                Arguments.of("Basic, wrong password", basic(), wrong, refused, 1),
                Arguments.of("Bearer, wrong password", bearer(), wrong, refused, 1),
                Arguments.of("Basic, nobody", basic(), new String[0], unknown, 0),
                Arguments.of("Bearer, nobody", bearer(), new String[0], unknown, 0),
                Arguments.of("Bearer, nobody reads", bearer().anonymousPull(false), new String[0], unknown, 0));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusals")
    void reportsRefusedLoginOnceAndCopiesNothing(
            String name, RegistryOptions options, String[] flags, String words, int passwords) {
        try (TestRegistry destination = options.start()) {
            SampleNamespace.fill(source, "ns", 4, 20, 1);
            String[] arguments = workplace.arguments(source.host(), destination.host() + "/mirror", flags);

            InProcess.Result result = workplace.run(Stream.concat(Stream.of(arguments), Stream.of("--processlimit=2"))
                    .toArray(String[]::new));

            assertThat(result.exitCode()).as("%s", result).isEqualTo(3);
            assertThat(result.out() + result.err()).contains(words);
            assertThat(destination.log().count("PUT", ".*")).isZero();
            assertThat(WrongPasswordTest.passwordsSent(destination)).isEqualTo(passwords);
            assertThat(destination.log().count())
                    .as(() -> "" + destination.log())
                    .isLessThan(60);
        }
    }

    @Test
    void refusesEmptyStandardInput() {
        try (TestRegistry destination = basic().start()) {
            InProcess.Result result = workplace.sync(
                    source.host(), destination.host() + "/mirror", "--dockeruser=writer", "--dockerpassword-stdin");

            assertThat(result.exitCode()).isEqualTo(3);
            assertThat(result.err()).contains("--dockerpassword-stdin: standard input is empty");
            assertThat(destination.log().count()).isZero();
        }
    }

    @Test
    void refusesPasswordWithoutUser() {
        workplace.typing("secret\n");

        InProcess.Result result = workplace.sync(source.host(), "127.0.0.1:1/mirror", "--dockerpassword-stdin");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("--dockeruser");
    }

    @Test
    void reportsDamagedDockerConfigurationOnOneLine() {
        try (TestRegistry destination = basic().start()) {
            workplace.dockerConfig("{\"auths\":{");

            InProcess.Result result = workplace.sync(source.host(), destination.host() + "/mirror");

            assertThat(result.exitCode()).isEqualTo(3);
            assertThat(result.err().lines())
                    .singleElement()
                    .asString()
                    .contains(folder.resolve("docker/config.json") + " is not valid JSON");
        }
    }

    private void assertMirrored(TestRegistry destination, String... flags) {
        InProcess.Result result = workplace.sync(source.host(), destination.host() + "/mirror", flags);

        assertThat(result.exitCode()).as("%s\n%s", result, destination.log()).isZero();
        assertThat(workplace.metadata().digests()).hasSizeGreaterThan(5).allSatisfy((image, digest) -> {
            String[] parts = image.split(":");
            assertThat(destination.manifestDigest("mirror/" + parts[0], parts[1]))
                    .isEqualTo(digest);
        });
    }
}
