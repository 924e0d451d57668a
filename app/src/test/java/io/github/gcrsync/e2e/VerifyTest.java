package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.commands.Verified;
import io.github.gcrsync.testkit.SampleImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** verify finds what docker-registry lost in its storage. */
final class VerifyTest extends DamagedStorage {
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
}
