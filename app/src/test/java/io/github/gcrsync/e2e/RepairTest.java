package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.commands.Verified;
import io.github.gcrsync.testkit.DockerRegistry;
import io.github.gcrsync.testkit.Program;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.SampleLayer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** verify --repair copies again what a destination lost. */
final class RepairTest extends DamagedStorage {
    private void loseParts() throws IOException {
        String child = List.copyOf(index.manifests().keySet()).getFirst();
        delete(repository("app").resolve("_manifests/tags/other"));
        delete(revision("app", child));
        delete(repository("deep/tool").resolve("_layers/sha256").resolve(hex(shared.digest())));
        delete(revision("app", signature.digest()));
        delete(repository("app").resolve("_manifests/tags").resolve(SampleImages.cosignTag(index)));
    }

    @Test
    void copiesEverythingThatIsMissing() throws IOException {
        loseParts();
        String before = workplace.metadata().git("rev-parse", "HEAD");

        Result result = run("verify", "--repair");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out()).containsPattern("drift +4\n  repaired +4\n").doesNotContain("not repaired");
        assertThat(workplace.metadata().git("rev-parse", "HEAD")).isEqualTo(before);
        Verified deep = verify("--deep");
        assertThat(deep.exitCode()).as("%s", deep).isZero();
        assertThat(deep.count("sound")).isEqualTo(4);
    }

    @Test
    void restoresMovedTag() {
        destination.put("mirror/app", "plain", SampleImages.oci(99));

        Verified verified = verify("--repair");

        assertThat(verified.exitCode()).isZero();
        assertThat(verified.repaired()).containsExactly("app:plain");
        assertThat(verify().exitCode()).isZero();
    }

    /** docker-registry 2.8.3 keeps a damaged file although it answers 201 to the upload. */
    @Test
    void namesAndForgetsWhatRegistryKeepsDamaged() throws IOException {
        Path data = blob(shared.digest()).resolve("data");
        byte[] content = Files.readAllBytes(data);
        content[content.length / 2] ^= 1;
        Files.write(data, content);

        Result result = run("verify", "--deep", "--repair");

        assertThat(result.exitCode()).as("%s", result).isEqualTo(4);
        assertThat(result.out())
                .containsPattern("drift +3\n  repaired +0\n")
                .contains("    not repaired      app:other  copied again, but the destination still has this drift:"
                        + " damaged blob " + shared.digest())
                .contains(
                        "the metadata repository has forgotten the digests of 3; the next sync records what the destination has");
        assertThat(workplace.metadata().digests()).containsOnlyKeys("app:index");
        assertThat(workplace.metadata().images()).contains("app:plain", "app:other", "deep/tool:1");
    }

    @Test
    void reportsImageMissingEverywhere() throws IOException {
        delete(repository("app").resolve("_manifests/tags/other"));
        delete(revision("app", other.digest()));
        source.delete("ns/app", other.digest());

        Verified verified = verify("--repair");

        assertThat(verified.exitCode()).isEqualTo(4);
        assertThat(verified.notRepaired())
                .singleElement()
                .asString()
                .startsWith("app:other the source: ")
                .contains("404");
        assertThat(workplace.metadata().digests()).doesNotContainKey("app:other");
    }

    @Test
    void copiesFromOtherDestination() throws IOException {
        try (DockerRegistry backup = DockerRegistry.start(folder.resolve("backup"))) {
            Path file = folder.resolve("mirrors.yaml");
            Files.writeString(file, """
                    metadata: %s
                    mirrors:
                      - name: team
                        source: %s/ns
                        destinations:
                          - {name: main, to: %s/mirror}
                          - {name: backup, to: %s/copy}
                    """.formatted(
                            folder.resolve("other-metadata"), source.host(), destination.host(), backup.host()));
            assertThat(workplace.run("sync", "--config=" + file).exitCode()).isZero();
            loseParts();
            source.close();

            Result result = workplace.run("verify", "--config=" + file, "--repair");

            assertThat(result.exitCode()).as("%s", result).isZero();
            assertThat(result.out())
                    .contains("team to main: ")
                    .containsPattern("drift +3\n  repaired +4\n  unchecked +1\n");
            assertThat(workplace.run("verify", "--config=" + file, "--deep").exitCode())
                    .isZero();
        }
    }

    @Test
    void forgetsNothingIfSourceIsUnreachable() throws IOException {
        delete(repository("app").resolve("_manifests/tags/other"));
        delete(revision("app", other.digest()));
        source.close();

        Verified verified = verify("--repair");

        assertThat(verified.exitCode()).isEqualTo(4);
        assertThat(verified.notRepaired()).singleElement().asString().startsWith("app:other the source: ");
        assertThat(workplace.metadata().digests()).containsKey("app:other");
    }

    /** Somebody signed the image at the destination. */
    @Test
    void keepsSignaturesThatOthersAdded() throws IOException {
        SampleImage more =
                SampleImages.oci("linux/amd64", List.copyOf(cosignLayers()).toArray(SampleLayer[]::new));
        source.put("ns/app", SampleImages.cosignTag(plain), SampleImages.oci("linux/amd64", SampleImages.layer(50, 1)));
        assertThat(run("sync", "--check-referrers").exitCode()).isZero();
        destination.put("mirror/app", SampleImages.cosignTag(plain), more);
        delete(repository("app").resolve("_layers/sha256").resolve(hex(shared.digest())));

        Result result = run("verify", "--repair");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(Program.require("skopeo")
                        .arguments(
                                "inspect",
                                "--raw",
                                "--tls-verify=false",
                                "docker://" + destination.host() + "/mirror/app:" + SampleImages.cosignTag(plain))
                        .run()
                        .orThrow()
                        .stdout())
                .isEqualTo(new String(more.bytes(), StandardCharsets.UTF_8));
    }

    private static List<SampleLayer> cosignLayers() {
        return List.of(SampleImages.layer(50, 1), SampleImages.layer(51, 1));
    }
}
