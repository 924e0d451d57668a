package io.github.gcrsync.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.TestImages;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Arbitrary and damaged input never verifies and never causes another exception than the documented one. */
final class SignaturesPropertiesTest {
    private static final Digest IMAGE = Digest.sha256(TestImages.utf8("an image"));
    private static final List<Signer> SIGNERS = List.of(
            Signer.named("ecdsa"),
            Signer.ecdsa("p521", "secp521r1", "SHA512"),
            Signer.ed25519("ed25519", false),
            Signer.rsa("rsa", 2048, "SHA256"));
    private static final byte[] PAYLOAD = Signer.payload(IMAGE);
    private static final byte[] OTHER_PAYLOAD = "another one".getBytes(StandardCharsets.UTF_8);
    private static final byte[] STATEMENT = Signer.statement(Statement.SIGNATURE, IMAGE);

    @Property(tries = 300)
    void arbitrarySignatureIsNotValid(@ForAll @Size(max = 300) byte[] signature) {
        assertThat(SIGNERS).noneMatch(signer -> signer.key().verifies(PAYLOAD, signature));
    }

    @Property(tries = 200)
    void damagedSignatureIsNotValid(@ForAll @IntRange(max = 3) int signer, @ForAll int at, @ForAll byte bits) {
        Signer by = SIGNERS.get(signer);
        byte[] signature = by.sign(PAYLOAD);
        byte[] damaged = damaged(signature, at, bits);

        assertThat(by.key().verifies(PAYLOAD, signature)).isTrue();
        assertThat(by.key().verifies(PAYLOAD, damaged)).isEqualTo(bits == 0);
    }

    @Property(tries = 300)
    void damagedPayloadIsNotValid(@ForAll int at, @ForAll byte bits) {
        Signer by = SIGNERS.getFirst();
        Map<String, String> annotations = Map.of("dev.cosignproject.cosign/signature", by.signInBase64(PAYLOAD));
        byte[] damaged = damaged(PAYLOAD, at, bits);
        Descriptor layer = new Descriptor(
                SimpleSigning.MEDIA_TYPE,
                Digest.sha256(damaged),
                damaged.length,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                annotations);

        assertThat(isValid(by, SimpleSigning.read(layer, damaged))).isEqualTo(bits == 0);
    }

    /** A change of the envelope around the signed statement may be harmless; the statement stays what was signed. */
    @Property(tries = 500)
    void damagedBundleIsNotValidForAnotherStatement(@ForAll int at, @ForAll byte bits) {
        Signer by = SIGNERS.getFirst();
        byte[] damaged = damaged(by.bundle(STATEMENT), at, bits);

        if (isValid(by, SigstoreBundle.read(damaged))) {
            assertThat(JsonFields.parse(damaged).at("dsseEnvelope", "payload").bytes())
                    .hasValueSatisfying(payload -> assertThat(payload).isEqualTo(STATEMENT));
        }
    }

    @Property(tries = 300)
    void arbitraryBytesAreNoBundle(@ForAll @Size(max = 300) byte[] content) {
        assertThat(SigstoreBundle.read(content)).isInstanceOf(Claim.Damaged.class);
    }

    @Property(tries = 500)
    void damagedKeyIsRefusedOrAnother(
            @ForAll @IntRange(max = 3) int signer, @ForAll int at, @ForAll byte bits, @ForAll boolean inside) {
        Signer by = SIGNERS.get(signer);
        String text = inside
                ? Signer.pem("PUBLIC KEY", damaged(by.encoded(), at, bits))
                : new String(
                        damaged(by.pem().getBytes(StandardCharsets.ISO_8859_1), at, bits), StandardCharsets.ISO_8859_1);
        try {
            VerificationKey key = VerificationKey.parse(text, "key");
            // The same key can have several encodings, which are not equal, such as parameters that RSA ignores.
            assertThat(key.verifies(PAYLOAD, by.sign(PAYLOAD)) || !key.equals(by.key()))
                    .isTrue();
            assertThat(key.verifies(OTHER_PAYLOAD, by.sign(PAYLOAD))).isFalse();
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageStartingWith("key cannot be used as a key: ");
        }
    }

    @Property(tries = 200)
    void arbitraryBytesAreNoKey(@ForAll @Size(max = 300) byte[] content) {
        assertThatThrownBy(() -> VerificationKey.parse(Signer.pem("PUBLIC KEY", content), "key"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static boolean isValid(Signer signer, Claim claim) {
        Trial trial = new Trial(IMAGE, signer.policy());
        trial.consider(claim, "here");
        return trial.verdict() instanceof Verdict.Valid;
    }

    /** The same content with some bits of one byte inverted. */
    private static byte[] damaged(byte[] content, int at, byte bits) {
        byte[] damaged = content.clone();
        damaged[Math.floorMod(at, content.length)] ^= bits;
        return damaged;
    }
}
