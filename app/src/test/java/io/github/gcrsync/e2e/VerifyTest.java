package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.commands.Verified;
import io.github.gcrsync.commands.Workplace;
import io.github.gcrsync.testkit.DockerRegistry;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.SampleLayer;
import io.github.gcrsync.testkit.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** verify finds what docker-registry lost in its storage. */
final class VerifyTest {
    private final TestRegistry source = TestRegistry.builder().gcrListing(true).start();
    private final SampleLayer shared = SampleImages.layer(1, 3);
    private final SampleImage plain = SampleImages.oci("linux/amd64", shared, SampleImages.layer(2, 1));
    private final SampleImage other = SampleImages.docker("linux/amd64", shared, SampleImages.layer(3, 1));
    private final SampleImage index = SampleImages.multiPlatform(7);
    private final SampleImage signature = SampleImages.signature(8, plain);
    private final SampleImage cosign = SampleImages.artifact(9, "");

    @TempDir
    private Path folder;

    private Workplace workplace;
    private DockerRegistry destination;

    @BeforeEach
    void mirrorImages() {
        workplace = new Workplace(folder);
        destination = DockerRegistry.start(folder.resolve("registry"));
        source.put("ns/app", "plain", plain);
        source.put("ns/app", "other", other);
        source.put("ns/app", "index", index);
        source.put("ns/app", signature);
        source.put("ns/app", SampleImages.cosignTag(index), cosign);
        source.put("ns/deep/tool", "1", plain);
        Result synced = run("sync");
        assertThat(synced.exitCode()).as("%s", synced).isZero();
    }

    @AfterEach
    void close() {
        source.close();
        destination.close();
    }

    @Test
    void findsNothingInWholeMirror() {
        source.log().clear();

        Result result = run("verify");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out())
                .startsWith(destination.host() + "/mirror, mirror of " + source.host() + "/ns\n")
                .containsPattern("checked +4  9 manifests, 18 blobs, .* read\n")
                .containsPattern("sound +4\n")
                .containsPattern("drift +0\n")
                .doesNotContain("unchecked", "sparse");
        assertThat(destination.requests("GET /v2/mirror/.*/blobs/")).isZero();
        assertThat(source.log().count()).as("requests to the source").isZero();
        Verified deep = verify("--deep");
        assertThat(deep.exitCode()).isZero();
        assertThat(deep.count("sound")).isEqualTo(4);
    }

    @Test
    void onlyDeepFindsDamagedLayer() throws IOException {
        Path data = blob(shared.digest()).resolve("data");
        byte[] content = Files.readAllBytes(data);
        content[content.length / 2] ^= 1;
        Files.write(data, content);

        assertThat(verify().drift()).isEmpty();
        Verified deep = verify("--deep");

        assertThat(deep.exitCode()).isEqualTo(4);
        assertThat(deep.drift())
                .containsExactly(
                        "app:other damaged blob " + shared.digest(),
                        "app:plain damaged blob " + shared.digest(),
                        "deep/tool:1 damaged blob " + shared.digest());
        assertThat(destination.requests("GET /v2/mirror/.*/blobs/" + shared.digest()))
                .as("read again to be sure, in one repository")
                .isEqualTo(2);
    }

    @Test
    void findsWhatIsMissing() throws IOException {
        String child = List.copyOf(index.manifests().keySet()).getFirst();
        delete(repository("app").resolve("_manifests/tags/other"));
        delete(revision("app", child));
        delete(repository("deep/tool").resolve("_layers/sha256").resolve(hex(shared.digest())));
        delete(revision("app", signature.digest()));
        delete(repository("app").resolve("_manifests/tags").resolve(SampleImages.cosignTag(index)));

        Verified verified = verify();

        assertThat(verified.exitCode()).isEqualTo(4);
        assertThat(verified.drift())
                .containsExactlyInAnyOrder(
                        "app:index missing child " + child,
                        "app:index missing referrer " + cosign.digest(),
                        "app:other missing tag " + other.digest(),
                        "app:plain missing signature " + signature.digest(),
                        "deep/tool:1 missing blob " + shared.digest());
        assertThat(verified.count("sound")).isZero();
        assertThat(verified.count("drift")).isEqualTo(4);
        assertThat(run("verify").out())
                .containsPattern("drift +4\n")
                .contains("    missing blob      deep/tool:1  " + shared.digest() + "  " + destination.host()
                        + "/mirror/deep/tool does not have it");
    }

    @Test
    void countsSignaturesThatSourceCannotName() throws IOException {
        delete(revision("app", signature.digest()));
        delete(repository("app")
                .resolve("_manifests/tags")
                .resolve(plain.digest().replace(':', '-')));
        source.close();

        Verified verified = verify();

        assertThat(verified.exitCode()).isEqualTo(4);
        assertThat(verified.drift()).containsExactly("app:plain missing referrer");
        assertThat(verified.reasons().getFirst())
                .startsWith("1 of 1 referrer is missing; the source cannot name them: ");
    }

    @Test
    void findsOtherDigest() {
        destination.put("mirror/app", "plain", SampleImages.oci(99));

        assertThat(verify().drift())
                .containsExactly(
                        "app:plain other digest " + SampleImages.oci(99).digest());
    }

    @Test
    void unreachableDestinationEndsIt() {
        destination.close();

        Result result = run("verify", "--httptimeout=2s");

        assertThat(result.exitCode()).as("%s", result).isEqualTo(3);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains("gcrsync: ").contains(destination.host());
    }

    private Verified verify(String... flags) {
        return Verified.of(run(
                "verify",
                Stream.concat(Stream.of("--format=json"), Stream.of(flags)).toArray(String[]::new)));
    }

    private Path storage() {
        return folder.resolve("registry/content/docker/registry/v2");
    }

    private Path blob(String digest) {
        return storage()
                .resolve("blobs/sha256")
                .resolve(hex(digest).substring(0, 2))
                .resolve(hex(digest));
    }

    private Path repository(String name) {
        return storage().resolve("repositories/mirror").resolve(name);
    }

    private Path revision(String repository, String digest) {
        return repository(repository).resolve("_manifests/revisions/sha256").resolve(hex(digest));
    }

    private static String hex(String digest) {
        return digest.substring("sha256:".length());
    }

    private static void delete(Path path) throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted((one, two) -> two.compareTo(one)).toList()) {
                Files.delete(file);
            }
        }
    }

    private Result run(String command, String... flags) {
        List<String> arguments = new ArrayList<>(List.of(
                command,
                "--source=" + source.host(),
                "--destination=" + destination.host() + "/mirror",
                "--namespace=ns",
                "--metadata=" + folder.resolve("metadata")));
        arguments.addAll(List.of(flags));
        return workplace.run(arguments.toArray(String[]::new));
    }
}
