package io.github.gcrsync.signature;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.text.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.Base64;
import java.util.HexFormat;

/** A public key of someone who signs images: ECDSA on P-256, P-384 or P-521, Ed25519, or RSA of 2048 to 8192 bits. */
public final class VerificationKey {
    /** In bytes; RSA of 8192 bits needs 1024. */
    private static final int LONGEST_SIGNATURE = 2048;

    private final String name;
    private final KeyKind kind;
    private final PublicKey key;

    private VerificationKey(String name, KeyKind kind, PublicKey key) {
        this.name = Printable.shortened(name);
        this.kind = kind;
        this.key = key;
    }

    /**
     * Parses one key in PEM (RFC 7468, section 13), as {@code cosign generate-key-pair} and {@code openssl pkey -pubout}
     * write it.
     *
     * @param name the key's name in verdicts and errors, such as its file name
     * @throws IllegalArgumentException if the text is not exactly one public key of a supported kind; the message holds
     *     nothing of the text
     */
    public static VerificationKey parse(String pem, String name) {
        try {
            byte[] encoded = PublicKeyPem.decode(pem);
            KeyKind.Parsed parsed = KeyKind.parse(encoded);
            return new VerificationKey(name, parsed.kind(), parsed.key());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    Printable.shortened(name) + " cannot be used as a key: " + e.getMessage(), e);
        }
    }

    /**
     * Reads such a file; the path becomes the key's name.
     *
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if its content is not exactly one public key of a supported kind
     */
    public static VerificationKey read(Path file) throws IOException {
        try (InputStream content = Files.newInputStream(file)) {
            byte[] bytes = content.readNBytes(PublicKeyPem.LONGEST + 1);
            return parse(new String(bytes, StandardCharsets.ISO_8859_1), file.toString());
        }
    }

    public String name() {
        return name;
    }

    boolean verifies(byte[] content, byte[] signature) {
        return signature.length <= LONGEST_SIGNATURE && kind.verifies(key, content, signature);
    }

    /** Whether a Sigstore bundle's hint names this key; cosign writes the SHA-256 of the encoded key in base64. */
    boolean isMeantBy(String hint) {
        byte[] hash = HexFormat.of().parseHex(Digest.sha256(key.getEncoded()).hex());
        return hint.equals(Base64.getEncoder().encodeToString(hash));
    }

    /** Compares the keys, not their names. */
    @Override
    public boolean equals(Object other) {
        return other instanceof VerificationKey that && key.equals(that.key);
    }

    @Override
    public int hashCode() {
        return key.hashCode();
    }

    @Override
    public String toString() {
        return name;
    }
}
