package io.github.gcrsync.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.MemoryStore.Method;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.signature.SignaturePolicy.Match;
import io.github.gcrsync.signature.Verdict.Cause;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Valid signatures of each format and kind of key, and policies of several keys. */
final class SignaturesTest {
    private static final Signer RELEASE = Signer.named("release.pub");
    private static final Signer AUDIT = Signer.named("audit.pub");
    private static final Signer STRANGER = Signer.named("stranger.pub");

    private final SignedImages images = new SignedImages();
    private final Manifest image = images.image("v1");
    private final Digest digest = image.descriptor().digest();

    static Stream<Signer> signers() {
        return Stream.of(
                RELEASE,
                Signer.ecdsa("P-384 with SHA-384", "secp384r1", "SHA384"),
                Signer.ecdsa("P-384 with SHA-256", "secp384r1", "SHA256"),
                Signer.ecdsa("P-521 with SHA-512", "secp521r1", "SHA512"),
                Signer.ed25519("Ed25519", false),
                Signer.ed25519("Ed25519 with prehash", true),
                Signer.rsa("RSA 2048", 2048, "SHA256"),
                Signer.rsa("RSA 3072", 3072, "SHA512"));
    }

    @ParameterizedTest
    @MethodSource("signers")
    void acceptsEachKindOfKey(Signer signer) {
        images.tagged(SignedImages.tag(image), List.of(images.simple(signer, image)));
        assertThat(images.verify(image, signer.policy())).isEqualTo(valid(signer));

        Manifest other = images.image("v2");
        images.referrer(other, SigstoreBundle.MEDIA_TYPE, List.of(images.bundle(signer, other)));
        assertThat(images.verify(other, signer.policy()))
                .isEqualTo(new Verdict.Valid(
                        other.descriptor().digest(), List.of(signer.key().name())));
    }

    @Test
    void acceptsSimpleSigningByReferrer() {
        images.referrer(image, SimpleSigning.ARTIFACT_TYPE, List.of(images.simple(RELEASE, image)));

        assertThat(images.verify(image, RELEASE.policy())).isEqualTo(valid(RELEASE));
    }

    /** cosign 2.5 lists bundles under the type of their config. */
    @Test
    void acceptsBundleUnderWrongType() {
        images.referrer(image, "application/vnd.oci.empty.v1+json", List.of(images.bundle(RELEASE, image)));

        assertThat(images.verify(image, RELEASE.policy())).isEqualTo(valid(RELEASE));
    }

    @Test
    void findsSignatureAmongOthers() {
        images.tagged(SignedImages.tag(image), List.of(images.simple(STRANGER, image), images.simple(RELEASE, image)));

        assertThat(images.verify(image, RELEASE.policy())).isEqualTo(valid(RELEASE));
    }

    @Test
    void requestsNothingMoreOnceSatisfied() {
        images.tagged(SignedImages.tag(image), List.of(images.simple(RELEASE, image)));
        int before = images.store.requests(Method.MANIFEST).size();

        images.verify(image, RELEASE.policy());

        assertThat(images.store.requests(Method.MANIFEST)).hasSize(before + 1);
        assertThat(images.store.requests(Method.BLOB)).hasSize(1);
        assertThat(images.store.requests(Method.REFERRERS)).isEmpty();
    }

    @Test
    void requestsNoTagThatIsNotListed() {
        images.tagged(SignedImages.tag(image), List.of(images.simple(RELEASE, image)));

        assertThat(Signatures.verify(images.repository, digest, List.of("v1"), RELEASE.policy()))
                .isInstanceOf(Verdict.Refused.class);
        assertThat(Signatures.verify(images.repository, digest, List.of(SignedImages.tag(image)), RELEASE.policy()))
                .isEqualTo(valid(RELEASE));
    }

    @Test
    void anyKeySuffices() {
        images.referrer(image, SigstoreBundle.MEDIA_TYPE, List.of(images.bundle(AUDIT, image)));

        assertThat(images.verify(image, policy(Match.ANY))).isEqualTo(valid(AUDIT));
    }

    @Test
    void allKeysMustHaveSigned() {
        images.tagged(SignedImages.tag(image), List.of(images.simple(AUDIT, image)));
        Verdict.Refused refused = images.refusal(image, policy(Match.ALL));
        assertThat(refused.cause()).isEqualTo(Cause.OTHER_KEY).hasToString("other key");
        assertThat(refused.reason())
                .isEqualTo(digest + " has signatures but none by release.pub; check which key the publisher uses");

        images.referrer(image, SigstoreBundle.MEDIA_TYPE, List.of(images.bundle(RELEASE, image)));
        assertThat(images.verify(image, policy(Match.ALL))).isEqualTo(valid(RELEASE, AUDIT));
    }

    /** A signature of an index covers its images, but one of them is also a manifest of its own. */
    @Test
    void signatureOfOneImageIsNotOneOfAnother() {
        images.tagged(SignedImages.tag(image), List.of(images.simple(RELEASE, image)));

        assertThat(images.refusal(images.image("v2"), RELEASE.policy()).cause()).isEqualTo(Cause.UNSIGNED);
    }

    @Test
    void refusesUnsignedImage() {
        Verdict.Refused refused = images.refusal(image, RELEASE.policy());

        assertThat(refused.cause()).isEqualTo(Cause.UNSIGNED).hasToString("unsigned");
        assertThat(refused.reason())
                .isEqualTo(digest + " has no signature; sign it with \"cosign sign --key\", or ask the publisher to");
    }

    @Test
    void attestationIsNoSignature() {
        byte[] sbom = RELEASE.bundle(Signer.statement("https://spdx.dev/Document", digest));
        images.referrer(image, SigstoreBundle.MEDIA_TYPE, List.of(images.bundle(sbom)));

        assertThat(images.refusal(image, RELEASE.policy()).cause()).isEqualTo(Cause.UNSIGNED);
    }

    @Test
    void namesKeylessSignature() {
        byte[] payload = Signer.payload(digest);
        images.tagged(
                SignedImages.tag(image),
                List.of(images.simple(
                        payload,
                        Map.of(
                                "dev.cosignproject.cosign/signature",
                                STRANGER.signInBase64(payload),
                                "dev.sigstore.cosign/certificate",
                                "-----BEGIN CERTIFICATE-----"))));

        Verdict.Refused refused = images.refusal(image, RELEASE.policy());
        assertThat(refused.cause()).isEqualTo(Cause.OTHER_KEY);
        assertThat(refused.reason()).contains("has signatures, some without a key (keyless), but none by release.pub");
    }

    @Test
    void givesNoVerdictIfSourceFails() {
        images.store.fail(Method.REFERRERS, "team/app", () -> new ContentException.Unreachable("timeout"));

        assertThatThrownBy(() -> images.verify(image, RELEASE.policy()))
                .isInstanceOf(ContentException.Unreachable.class);
    }

    /** Artifactory denies reading missing content. */
    @Test
    void takesDeniedSignaturesAsMissing() {
        images.referrer(image, SimpleSigning.ARTIFACT_TYPE, List.of(images.simple(RELEASE, image)));
        images.store.before(request -> {
            if (request.method() == Method.MANIFEST && request.what().equals(SignedImages.tag(image))) {
                throw new ContentException.Denied("HTTP 403", false);
            }
        });
        assertThat(images.verify(image, RELEASE.policy())).isEqualTo(valid(RELEASE));

        images.store.fail(Method.MANIFEST, "team/app", () -> new ContentException.Denied("HTTP 403", false));
        Verdict.Refused refused = images.refusal(image, RELEASE.policy());
        assertThat(refused.cause()).isEqualTo(Cause.UNSIGNED);
        assertThat(refused.reason())
                .contains("has no signature (reading sha256:")
                .contains(" was denied); ");
    }

    @Test
    void givesNoVerdictIfCredentialsAreRefused() {
        images.store.fail(Method.MANIFEST, "team/app", () -> new ContentException.Denied("HTTP 401", true));

        assertThatThrownBy(() -> images.verify(image, RELEASE.policy())).isInstanceOf(ContentException.Denied.class);
    }

    private static SignaturePolicy policy(Match match) {
        return new SignaturePolicy(List.of(RELEASE.key(), AUDIT.key()), match);
    }

    private Verdict.Valid valid(Signer... signers) {
        return new Verdict.Valid(
                digest, Stream.of(signers).map(signer -> signer.key().name()).toList());
    }
}
