package io.github.gcrsync.signature;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.MemoryStore.Method;
import io.github.gcrsync.content.TestImages;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.signature.Verdict.Cause;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What a registry can serve in place of a signature, and the cause that each is refused for. */
final class TamperedSignaturesTest {
    private static final Signer RELEASE = Signer.named("release.pub");
    private static final Signer STRANGER = Signer.named("stranger.pub");
    private static final String SIGNATURE = "dev.cosignproject.cosign/signature";

    private final SignedImages images = new SignedImages();
    private final Manifest image = images.image("v1");
    private final Manifest other = images.image("v2");
    private final Digest digest = image.descriptor().digest();

    @Test
    void signatureOfAnotherImage() {
        images.tagged(SignedImages.tag(image), List.of(images.simple(RELEASE, other)));

        assertRefused(
                Cause.BAD_SIGNATURE,
                SignedImages.tag(image) + " is a signature for "
                        + other.descriptor().digest() + " instead");
    }

    @Test
    void payloadForThisImageUnderSignatureOfAnother() {
        String signature =
                RELEASE.signInBase64(Signer.payload(other.descriptor().digest()));
        images.tagged(
                SignedImages.tag(image), List.of(images.simple(Signer.payload(digest), Map.of(SIGNATURE, signature))));

        assertRefused(Cause.OTHER_KEY, "none by release.pub");
    }

    @Test
    void signatureByAnotherKey() {
        images.tagged(SignedImages.tag(image), List.of(images.simple(STRANGER, image)));

        assertRefused(Cause.OTHER_KEY, "has signatures but none by release.pub");
    }

    @Test
    void annotationRemoved() {
        images.tagged(SignedImages.tag(image), List.of(images.simple(Signer.payload(digest), Map.of())));

        assertRefused(Cause.BAD_SIGNATURE, "lacks the annotation " + SIGNATURE);
    }

    @Test
    void annotationThatIsNoSignature() {
        images.tagged(
                SignedImages.tag(image),
                List.of(images.simple(Signer.payload(digest), Map.of(SIGNATURE, "\u001b[31m!"))));

        assertRefused(Cause.BAD_SIGNATURE, "that is not base64");
    }

    /** Zeros that faulty implementations accept for every content and key. */
    @Test
    void signatureOfZeros() {
        for (byte[] zeros : List.of(
                new byte[] {0x30, 6, 2, 1, 0, 2, 1, 0}, new byte[0], new byte[64], new byte[256], new byte[100_000])) {
            String text = Base64.getEncoder().encodeToString(zeros);
            images.tagged(
                    SignedImages.tag(image),
                    List.of(images.simple(Signer.payload(digest), Map.of(SIGNATURE, text.isEmpty() ? "====" : text))));
            for (Signer signer : List.of(RELEASE, Signer.ed25519("ed", false), Signer.rsa("rsa", 2048, "SHA256"))) {
                assertThat(images.verify(image, signer.policy())).isInstanceOf(Verdict.Refused.class);
            }
        }
    }

    @Test
    void payloadOfAnotherType() {
        byte[] payload = TestImages.utf8("{\"critical\":{\"image\":{\"docker-manifest-digest\":\"" + digest
                + "\"},\"type\":\"atomic container signature\"}}");
        images.tagged(
                SignedImages.tag(image),
                List.of(images.simple(payload, Map.of(SIGNATURE, RELEASE.signInBase64(payload)))));

        assertRefused(Cause.BAD_SIGNATURE, "a payload that is not a \"cosign container image signature\"");
    }

    @Test
    void payloadThatIsNotJson() {
        for (String text :
                List.of("", "null", "[]", "{\"critical\":7}", "[".repeat(100_000), "{\"a\":" + "9".repeat(90))) {
            byte[] payload = TestImages.utf8(text);
            images.tagged(
                    SignedImages.tag(image),
                    List.of(images.simple(payload, Map.of(SIGNATURE, RELEASE.signInBase64(payload)))));

            assertRefused(Cause.BAD_SIGNATURE, "has a payload that is not");
        }
    }

    @Test
    void bundleOfAnotherImage() {
        images.referrer(image, SigstoreBundle.MEDIA_TYPE, List.of(images.bundle(RELEASE, other)));

        assertRefused(
                Cause.BAD_SIGNATURE, "is a signature for " + other.descriptor().digest() + " instead");
    }

    @Test
    void bundleByAnotherKey() {
        images.referrer(image, SigstoreBundle.MEDIA_TYPE, List.of(images.bundle(STRANGER, image)));

        assertRefused(Cause.OTHER_KEY, "has signatures but none by release.pub");
    }

    @Test
    void bundleThatNamesTheKeyButIsNotSignedByIt() {
        byte[] statement = Signer.statement(Statement.SIGNATURE, digest);
        String type = "application/vnd.in-toto+json";
        images.referrer(
                image,
                SigstoreBundle.MEDIA_TYPE,
                List.of(images.bundle(RELEASE.bundle(type, statement, STRANGER.signInBase64(statement)))));

        assertRefused(Cause.BAD_SIGNATURE, "names release.pub as its key, but that key did not sign it");
    }

    /** The signature must cover the type too (DSSE's pre-authentication encoding). */
    @Test
    void bundleSignedWithoutItsType() {
        byte[] statement = Signer.statement(Statement.SIGNATURE, digest);
        String signature = RELEASE.signInBase64(statement);
        images.referrer(
                image,
                SigstoreBundle.MEDIA_TYPE,
                List.of(images.bundle(RELEASE.bundle("application/vnd.in-toto+json", statement, signature))));
        assertRefused(Cause.BAD_SIGNATURE, "that key did not sign it");

        images.referrer(
                other,
                SigstoreBundle.MEDIA_TYPE,
                List.of(images.bundle(RELEASE.bundle("text/plain", statement, signature))));
        assertThat(images.refusal(other, RELEASE.policy()).reason())
                .contains("is not of the type application/vnd.in-toto+json");
    }

    @Test
    void bundleOfAnotherForm() {
        for (String text : List.of(
                "",
                "[]",
                "{\"mediaType\":\"" + SigstoreBundle.MEDIA_TYPE + "\",\"messageSignature\":{}}",
                "{\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.4+json\",\"dsseEnvelope\":{}}")) {
            images.referrer(image, SigstoreBundle.MEDIA_TYPE, List.of(images.bundle(TestImages.utf8(text))));
            assertRefused(Cause.BAD_SIGNATURE, "has a bundle that is not of the form");
        }
    }

    @Test
    void attestationRelabelledAsSignature() {
        byte[] sbom = RELEASE.bundle(Signer.statement("https://spdx.dev/Document", digest));
        images.tagged(SignedImages.tag(image), List.of(images.bundle(sbom)));

        assertRefused(Cause.UNSIGNED, "has no signature");
    }

    @Test
    void imageUnderTagOfSignature() {
        images.repository.putManifest(SignedImages.tag(image), other);

        assertRefused(Cause.BAD_SIGNATURE, "is no signature, although it is named as one");
    }

    @Test
    void indexUnderTagOfSignature() {
        images.repository.putManifest(
                SignedImages.tag(image), TestImages.index(MediaType.OCI_INDEX, List.of(other.descriptor())));

        assertRefused(Cause.BAD_SIGNATURE, "is no signature, although it is named as one");
    }

    @Test
    void manifestPosingAsSignature() {
        Map<String, Object> layer = images.layer("text/plain", TestImages.utf8("signed, really"), Map.of());
        Digest posing = images.referrer(image, SimpleSigning.ARTIFACT_TYPE, List.of(layer));

        assertRefused(Cause.BAD_SIGNATURE, posing + " is no signature, although it is named as one");
    }

    @Test
    void unsupportedManifestUnderTagOfSignature() {
        images.store.fail(Method.MANIFEST, "team/app", () -> new ContentException.Unsupported("schema 1"));

        assertRefused(Cause.BAD_SIGNATURE, "is no signature, although it is named as one");
    }

    @Test
    void damagedManifestUnderTagOfSignature() {
        images.store.fail(Method.MANIFEST, "team/app", () -> new ContentException.Corrupt("another digest"));

        assertRefused(Cause.BAD_SIGNATURE, SignedImages.tag(image) + " is damaged");
    }

    @Test
    void layerThatIsGoneOrDamaged() {
        images.tagged(SignedImages.tag(image), List.of(images.simple(RELEASE, image)));
        AtomicReference<ContentException> failure = new AtomicReference<>(new ContentException.NotFound("404"));
        images.store.fail(Method.BLOB, "team/app", failure::get);

        assertRefused(Cause.BAD_SIGNATURE, "lacks its layer sha256:");
        failure.set(new ContentException.Corrupt("another digest"));
        assertRefused(Cause.BAD_SIGNATURE, "has a damaged layer sha256:");
    }

    @Test
    void layerThatIsTooLarge() {
        images.tagged(SignedImages.tag(image), List.of(images.simple(new byte[300_000], Map.of(SIGNATURE, "AAAA"))));

        assertRefused(Cause.BAD_SIGNATURE, "has a layer larger than the 262144 bytes");
        assertThat(images.store.requests(Method.BLOB)).isEmpty();
    }

    @Test
    void digestInWordsIsPrintable() {
        byte[] payload = TestImages.utf8(new String(Signer.payload(digest), StandardCharsets.UTF_8)
                .replace(digest.value(), "\\u001b[31m" + "x".repeat(5000)));
        images.tagged(
                SignedImages.tag(image),
                List.of(images.simple(payload, Map.of(SIGNATURE, RELEASE.signInBase64(payload)))));

        String reason = images.refusal(image, RELEASE.policy()).reason();
        assertThat(reason).hasSizeLessThan(700).doesNotContain("\u001b").contains("?[31mxxx");
    }

    private void assertRefused(Cause cause, String words) {
        Verdict.Refused refused = images.refusal(image, RELEASE.policy());
        assertThat(refused.reason()).startsWith(digest.value()).contains(words, "; ");
        assertThat(refused.cause()).isEqualTo(cause);
    }
}
