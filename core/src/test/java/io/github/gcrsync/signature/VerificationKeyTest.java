package io.github.gcrsync.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.signature.SignaturePolicy.Match;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that hold a public key, and those that do not. */
final class VerificationKeyTest {
    private static final Signer SIGNER = Signer.named("release.pub");

    @TempDir
    Path folder;

    @Test
    void readsFileWithTextAroundKey() throws Exception {
        Path file = Files.writeString(
                folder.resolve("a.pub"), "our key\r\n" + SIGNER.pem().replace("\n", "\r\n") + "\n");

        assertThat(VerificationKey.read(file)).isEqualTo(SIGNER.key()).hasToString(file.toString());
    }

    @Test
    void refusesMissingFile() {
        assertThatThrownBy(() -> VerificationKey.read(folder.resolve("none.pub")))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void refusesWhatIsNoKey() throws Exception {
        assertRefused("", "it is not PEM; it must begin with -----BEGIN PUBLIC KEY-----");
        assertRefused("ssh-ed25519 AAAAC3Nz me@example.com", "it is not PEM");
        assertRefused("x".repeat(70_000), "it is larger than 64 KiB");
        assertRefused(SIGNER.privatePem(), "it holds a private key; give the public key, such as cosign.pub");
        assertRefused(
                Signer.pem("ENCRYPTED SIGSTORE PRIVATE KEY", new byte[9]), "it holds a private key; give the public");
        assertRefused(Signer.pem("CERTIFICATE", new byte[9]), "it holds a certificate, and only signatures by key");
        assertRefused(
                Signer.pem("RSA PUBLIC KEY", new byte[9]),
                "its PEM block is a RSA PUBLIC KEY and must be a PUBLIC KEY");
        assertRefused(SIGNER.pem() + Signer.named("b").pem(), "it holds more than one PEM block");
        assertRefused(SIGNER.pem().replace("-----END", ""), "its PEM block has no end");
        assertRefused(SIGNER.pem().replace("\nM", "\n!M"), "its PEM block is not base64");
        assertRefused(Signer.pem("PUBLIC KEY", new byte[90]), "it is damaged or of another kind");
        assertRefused(SIGNER.pem().replaceFirst("\nMFkw", "\nMFkx"), "it is damaged or of another kind");
    }

    @Test
    void refusesOtherKindsOfKeys() throws Exception {
        for (String kind : List.of("Ed448", "X25519", "DSA", "RSASSA-PSS", "ML-DSA-44")) {
            byte[] key = KeyPairGenerator.getInstance(kind)
                    .generateKeyPair()
                    .getPublic()
                    .getEncoded();
            assertRefused(Signer.pem("PUBLIC KEY", key), "use an ECDSA key on P-256, P-384 or P-521, an Ed25519 key");
        }
        assertRefused(Signer.rsa("short", 1024, "SHA256").pem(), "it is an RSA key of 1024 bits; use one of 2048 to");
    }

    @Test
    void messageHoldsNothingOfThePrivateKey() {
        String secret = SIGNER.privatePem();

        assertThatThrownBy(() -> VerificationKey.parse(secret, "a.key"))
                .hasMessage("a.key cannot be used as a key: it holds a private key;"
                        + " give the public key, such as cosign.pub");
    }

    @Test
    void policyNeedsDifferentKeys() {
        VerificationKey again = VerificationKey.parse(SIGNER.pem(), "copy.pub");
        VerificationKey namesake = VerificationKey.parse(Signer.named("x").pem(), "release.pub");

        assertThatThrownBy(() -> new SignaturePolicy(List.of(), Match.ANY)).hasMessageContaining("at least one key");
        assertThatThrownBy(() -> new SignaturePolicy(List.of(SIGNER.key(), again), Match.ALL))
                .hasMessage("release.pub and copy.pub are the same key; remove one");
        assertThatThrownBy(() -> new SignaturePolicy(List.of(SIGNER.key(), namesake), Match.ALL))
                .hasMessage("two keys have the name release.pub; rename one");
    }

    private static void assertRefused(String text, String words) {
        assertThatThrownBy(() -> VerificationKey.parse(text, "bad\u001b.pub"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("bad?.pub cannot be used as a key: ")
                .hasMessageContaining(words);
    }
}
