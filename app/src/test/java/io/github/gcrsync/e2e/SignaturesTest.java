package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.commands.Workplace;
import io.github.gcrsync.testkit.DockerRegistry;
import io.github.gcrsync.testkit.Program;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** cosign and oras find in a mirror what they stored at the source. */
@Timeout(180)
final class SignaturesTest {
    private static final String SBOM = "application/vnd.example.sbom";

    @TempDir
    private Path folder;

    private Workplace workplace;
    /** Has the referrers API. */
    private final TestRegistry registry = TestRegistry.start();
    /** Has none. */
    private DockerRegistry docker;

    private final SampleImage child = SampleImages.oci(1);
    private final SampleImage index = SampleImages.index(child, SampleImages.oci(2));

    @BeforeEach
    void start() {
        workplace = new Workplace(folder);
        docker = DockerRegistry.start(folder.resolve("docker"));
        registry.put("ns/app", "v1", index);
        docker.put("ns/app", "v1", index);
        program("cosign", "generate-key-pair");
    }

    @AfterEach
    void close() {
        registry.close();
        docker.close();
    }

    private String program(String name, String... arguments) {
        return command(name, arguments).run().orThrow().stdout();
    }

    private Program command(String name, String... arguments) {
        return Program.require(name)
                .in(folder)
                .environment("HOME", folder.toString())
                .environment("DOCKER_CONFIG", folder.toString())
                .environment("COSIGN_PASSWORD", "")
                .arguments(arguments);
    }

    private void sign(String image, String... more) {
        command("cosign", "sign", "--yes", "--tlog-upload=false", "--key", "cosign.key")
                .arguments(more)
                .arguments(image)
                .run()
                .orThrow();
    }

    private boolean isAccepted(String command, String image, String... more) {
        return command("cosign", command, "--insecure-ignore-tlog=true", "--key", "cosign.pub")
                        .arguments(more)
                        .arguments(image)
                        .run()
                        .exitCode()
                == 0;
    }

    /** Attaches an SBOM and signs it; returns its digest. */
    private String attachSbom(String image) throws IOException {
        Files.writeString(folder.resolve("sbom.json"), "{}");
        String told =
                program("oras", "attach", "--plain-http", "--artifact-type", SBOM, image, "sbom.json:application/json");
        String digest = Pattern.compile("Digest: (sha256:[0-9a-f]{64})")
                .matcher(told)
                .results()
                .findFirst()
                .orElseThrow()
                .group(1);
        sign(image.replaceFirst("@.*", "@" + digest));
        return digest;
    }

    /** Signs the index and its images, attests, and attaches a signed SBOM to one of the images. */
    private String fill(String host) throws IOException {
        String app = host + "/ns/app@";
        sign(app + index.digest(), "--recursive");
        Files.writeString(folder.resolve("predicate.json"), "{}");
        command("cosign", "attest", "--yes", "--tlog-upload=false", "--key", "cosign.key")
                .arguments("--type", "custom", "--predicate", "predicate.json", app + index.digest())
                .run()
                .orThrow();
        return attachSbom(app + child.digest());
    }

    private void assertVerified(String app, String sbom) {
        assertThat(isAccepted("verify", app + index.digest())).isTrue();
        assertThat(isAccepted("verify", app + child.digest())).isTrue();
        assertThat(isAccepted("verify-attestation", app + index.digest(), "--type=custom"))
                .isTrue();
        assertThat(program("oras", "discover", "--plain-http", app + child.digest()))
                .contains(SBOM, sbom);
        assertThat(isAccepted("verify", app + sbom)).isTrue();
    }

    @Test
    void betweenRegistriesWithoutApi() throws IOException {
        String sbom = fill(docker.host());

        Result result = workplace.sync(docker.host(), docker.host() + "/mirror");

        assertThat(result.exitCode()).as("%s\n%s", result, docker.logs()).isZero();
        assertThat(result.out()).contains("with 4 signatures and 2 other referrers\n");
        assertVerified(docker.host() + "/mirror/app@", sbom);
        Result compared = workplace.run(
                "compare",
                "--source=" + docker.host(),
                "--namespace=ns",
                "--destination=" + docker.host() + "/mirror",
                "--check-referrers",
                "--output=" + folder.resolve("same.json"));
        assertThat(compared.exitCode()).as("%s", compared).isZero();
    }

    @Test
    void fromRegistryWithApiToRegistryWithoutAndBack() throws IOException {
        String sbom = fill(registry.host());

        Result result = workplace.sync(
                registry.host(),
                docker.host() + "/mirror",
                "--destination=" + registry.host() + "/mirror",
                "--destination=oci:" + folder.resolve("mirror"));

        assertThat(result.exitCode()).as("%s\n%s", result, docker.logs()).isZero();
        assertVerified(docker.host() + "/mirror/app@", sbom);
        assertVerified(registry.host() + "/mirror/app@", sbom);
        assertThat(program("oras", "discover", "--oci-layout", folder.resolve("mirror/app") + "@" + child.digest()))
                .contains(SBOM, sbom);

        Result back = workplace.run(
                "sync",
                "--source=" + docker.host(),
                "--namespace=mirror",
                "--destination=" + registry.host() + "/back",
                "--metadata=" + folder.resolve("back"));
        assertThat(back.exitCode()).as("%s", back).isZero();
        assertVerified(registry.host() + "/back/app@", sbom);
    }
}
