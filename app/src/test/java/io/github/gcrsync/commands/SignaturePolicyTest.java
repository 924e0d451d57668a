package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The keys and the policies of required signatures, and what is refused. */
final class SignaturePolicyTest extends SignedImages {
    @Test
    void anyKeySufficesByFlag() {
        offerSigned("a", 1, "release");
        offerSigned("b", 2, "audit");

        assertThat(signed("--verify-key=" + audit).exitCode()).isZero();
        assertThat(recorded()).containsExactly("a:1", "b:1");
    }

    @Test
    void eachKeyIsNeededIfAllMustMatch() throws IOException {
        offerSigned("both", 1, "release", "audit");
        offerSigned("one", 2, "release");

        Result result = file("require-signature: {keys: [%s, %s], match: all}".formatted(release, audit));

        assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
        assertThat(recorded()).containsExactly("both:1");
        assertThat(result.out()).contains("one:1  source: other key: ", " none by " + audit);
    }

    @Test
    void signatureOfIndexCoversItsPlatformsUnlessEachIsNeeded() throws IOException {
        SampleImage index = SampleImages.multiPlatform(1);
        source.put("ns/index", "1", index);
        cosign.sign("release", reference("ns/index", index));
        SampleImage each = SampleImages.multiPlatform(2);
        source.put("ns/each", "1", each);
        cosign.sign("release", reference("ns/each", each), "--recursive");
        source.log().clear();

        Result strict = file("require-signature: {keys: [%s], platforms: true}".formatted(release));
        assertThat(strict.exitCode()).as("%s", strict).isEqualTo(1);
        assertThat(recorded()).containsExactly("each:1");
        assertThat(strict.out()).containsPattern("index:1  source: unsigned: for linux/[a-z0-9/]+, sha256:");
        assertThat(blobsRead("index")).isEqualTo(1);

        assertThat(file("require-signature: {keys: [%s]}".formatted(release)).exitCode())
                .isZero();
        assertThat(recorded()).containsExactly("each:1", "index:1");
    }

    /** Only the copied images of an index need a signature. */
    @Test
    void needsNoSignatureOfPlatformsThatAreNotCopied() throws IOException {
        SampleImage arm = SampleImages.oci("linux/arm64", SampleImages.layer(1, 1));
        SampleImage index = SampleImages.index(SampleImages.oci("linux/amd64", SampleImages.layer(2, 1)), arm);
        source.put("ns/index", "1", index);
        cosign.sign("release", reference("ns/index", index));
        cosign.sign("release", reference("ns/index", arm));

        String required =
                "require-signature: {keys: [%s], platforms: true}, index: rewrite, platforms: ".formatted(release);
        assertThat(file(required + "[linux/amd64]").exitCode()).isEqualTo(1);
        Result result = file(required + "[linux/arm64]");
        assertThat(result.exitCode()).as("%s", result).isZero();
    }

    @Test
    void mirrorMayOverrideDefault() throws IOException {
        offer("none", 1);
        Path config = Files.writeString(
                folder.resolve("gcrsync.yaml"), """
                defaults:
                  require-signature: {keys: [%s]}
                  source: %s/ns
                  destination: %s/mirror
                mirrors:
                  - {name: strict}
                  - {name: open, require-signature: false}
                """.formatted(release, source.host(), destination.host()));
        String metadata = "--metadata=" + folder.resolve("metadata");

        assertThat(place().run("sync", "strict", "--config=" + config, metadata).exitCode())
                .isEqualTo(1);
        Result open = place().run("sync", "open", "--config=" + config, metadata);
        assertThat(open.exitCode()).as("%s", open).isZero();
        assertThat(place().run("config", "check", config.toString()).out())
                .containsPattern("require-signature +as follows ")
                .containsPattern("keys +" + release)
                .containsPattern("require-signature +false ");
    }

    @Test
    void copyMovesAndConfirmsOnlySignedImage() throws IOException {
        SampleImage image = offer("app", 1);
        String to = destination.host() + "/mirror/app:1";
        String[] copy = {"copy", "--verify-key=env:KEY", source.host() + "/ns/app:1", to};
        Workplace place = place().set("KEY", Files.readString(Path.of(release)));

        Result refused = place.run(copy);
        assertThat(refused.exitCode()).as("%s", refused).isEqualTo(1);
        assertThat(refused.out()).contains("failed", "source: unsigned: " + image.digest());
        assertThat(destination.repositories()).isEmpty();

        destination.put("mirror/app", "1", image);
        assertThat(place.run(copy).exitCode()).isEqualTo(1);

        cosign.sign("release", reference("ns/app", image));
        assertThat(place.run(copy).out()).startsWith("up to date");
        destination.delete("mirror/app", image.digest());
        assertThat(place.run(copy).out()).startsWith("copied");
    }

    /** A key that is set for a mirror is not ignored for an image that copy is given. */
    @Test
    void copyUsesKeyOfVariable() {
        offer("app", 1);

        Result result = place().set("GCRSYNC_VERIFY_KEY", release)
                .run("copy", source.host() + "/ns/app:1", destination.host() + "/mirror/app:1");

        assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "missing.pub | cannot read the key missing.pub: there is no such file; check",
                "env:NO_SUCH_KEY | the variable NO_SUCH_KEY is not set; put a public key in PEM into it",
                "%s/release.key | it holds a private key; give the public key",
                "%s | cannot read the key",
            })
    void refusesKeyThatIsNone(String key, String words) {
        offer("app", 1);

        for (String command : List.of("sync", "test")) {
            Result result = place().run(
                            command,
                            "--source=" + source.host(),
                            "--namespace=ns",
                            "--destination=" + destination.host() + "/mirror",
                            "--metadata=" + folder.resolve("metadata"),
                            "--verify-key=" + key.formatted(keys));
            assertThat(result.err()).contains(words);
            assertThat(result.exitCode()).as("%s", result).isEqualTo(3);
        }
        assertThat(source.log().count()).isZero();
    }

    @Test
    void refusesSameKeyTwice() {
        String other = keys.resolve(".").resolve("release.pub").toString();

        Result result = sync("--verify-key=" + release, "--verify-key=" + other);

        assertThat(result.exitCode()).as("%s", result).isEqualTo(3);
        assertThat(result.err()).contains("are the same key; remove one");
    }

    @Test
    void refusesKeyInManagementService() {
        Result result = sync("--verify-key=awskms:///alias/release");

        assertThat(result.exitCode()).as("%s", result).isEqualTo(2);
        assertThat(result.err()).contains("in a key management service are not supported");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{keys: [a.pub], identity: me@example.com} | keyless verification is not supported yet; name the public keys",
                "{certificate-oidc-issuer: 'https://example.com'} | keyless verification is not supported yet",
                "keyless | keyless verification is not supported yet",
                "{keys: [a.pub], keyz: 1} | unknown key 'keyz'; did you mean keys?",
                "{match: all} | 'require-signature' has no 'keys'; write keys: [FILE]",
                "{keys: [a.pub], match: most} | 'most' is not one of any, all",
                "true | takes keys with values",
            })
    void refusesWhatItCannotVerify(String value, String words) throws IOException {
        offer("app", 1);

        Result result = file("require-signature: " + value);

        assertThat(result.exitCode()).as("%s", result).isEqualTo(2);
        assertThat(result.err()).contains("gcrsync.yaml:1:", words);
        assertThat(source.log().count()).isZero();
    }
}
