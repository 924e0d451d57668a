package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.commands.Workplace;
import io.github.gcrsync.testkit.RegistryOptions;
import io.github.gcrsync.testkit.SampleNamespace;
import io.github.gcrsync.testkit.TestRegistry;
import io.github.gcrsync.testkit.User;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Many registries lock an account after a few wrong passwords. */
final class WrongPasswordTest {
    @TempDir
    private Path folder;

    private Workplace workplace;

    @BeforeEach
    void start() {
        workplace = new Workplace(folder);
    }

    static Stream<RegistryOptions> registries() {
        return Stream.of(
                TestRegistry.builder().basicAuth("robot", "secret"),
                TestRegistry.builder()
                        .bearerAuth(Duration.ofMinutes(5), new User("robot", "secret"))
                        .anonymousPull(false));
    }

    static long passwordsSent(TestRegistry registry) {
        return registry.log().exchanges().stream()
                .filter(exchange -> exchange.header("authorization").equals("Basic"))
                .count();
    }

    @ParameterizedTest
    @MethodSource("registries")
    void sendsWrongPasswordToDestinationOnce(RegistryOptions options) {
        try (TestRegistry source = TestRegistry.builder().gcrListing(true).start();
                TestRegistry destination = options.start()) {
            SampleNamespace.fill(source, "ns", 40, 1, 1);
            String to = destination.host() + "/mirror";
            assertThat(workplace
                            .sync(source.host(), to, "--dockeruser=robot", "--dockerpassword=secret")
                            .exitCode())
                    .isZero();
            destination.log().clear();

            InProcess.Result result =
                    workplace.sync(source.host(), to, "--force", "--dockeruser=robot", "--dockerpassword=wr0ng");

            assertThat(result.exitCode()).as("%s", result).isEqualTo(3);
            assertThat(result.out())
                    .containsPattern("(?m)^  failed +1$")
                    .contains("gave up: the destination refused the user robot or the password: HTTP 401 from ")
                    .contains("what to do: check user and password")
                    .doesNotContain("wr0ng");
            assertThat(passwordsSent(destination)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource("registries")
    void sendsWrongPasswordToSourceOnceAndNamesUser(RegistryOptions options) {
        try (TestRegistry source = options.gcrListing(true).start()) {
            SampleNamespace.fill(source, "ns", 20, 2, 1);

            InProcess.Result result = workplace.sync(
                    source.host(), "oci:" + folder.resolve("mirror"), "--source-user=robot", "--source-password=wr0ng");

            assertThat(result.exitCode()).as("%s", result).isEqualTo(3);
            assertThat(result.err())
                    .startsWith("gcrsync: the source refused the user robot or the password: HTTP 401 from ")
                    .contains("; check user and password")
                    .doesNotContain("wr0ng");
            assertThat(passwordsSent(source)).isEqualTo(1);
        }
    }

    @Test
    void sendsWrongPasswordOnceInMonitor() {
        try (TestRegistry source =
                TestRegistry.builder().basicAuth("robot", "secret").start()) {
            InProcess.Result result = workplace.run(
                    "monitor",
                    "--source=" + source.host(),
                    "--namespace=ns",
                    "--destination=oci:" + folder.resolve("mirror"),
                    "--metadata=" + folder.resolve("metadata"),
                    "--interval=1ms",
                    "--count=5",
                    "--source-user=robot",
                    "--source-password=wr0ng");

            assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
            assertThat(result.out()).containsOnlyOnce("FAILED: the source refused the user robot");
            assertThat(passwordsSent(source)).isEqualTo(1);
        }
    }
}
