package io.github.gcrsync.signature;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.EdDSAParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The kinds of keys that cosign signs with. A signature does not name its hash, so all that cosign uses are tried: SHA-256
 * for every ECDSA and RSA key in most versions, a longer one for longer keys in others; Ed25519 with and without prehash
 * (RFC 8032, section 5.1).
 */
enum KeyKind {
    ECDSA("EC"),
    ED25519("Ed25519"),
    RSA("RSA");

    private static final String PREHASHED = "Ed25519ph";
    private static final int SHORTEST_RSA = 2048;
    private static final int LONGEST_RSA = 8192;

    private final String factory;

    KeyKind(String factory) {
        this.factory = factory;
    }

    record Parsed(KeyKind kind, PublicKey key) {}

    /**
     * @param encoded a SubjectPublicKeyInfo in DER (RFC 5280, section 4.1.2.7)
     * @throws IllegalArgumentException if it is none, or its algorithm, curve or length is not supported
     */
    static Parsed parse(byte[] encoded) {
        Parsed parsed = Stream.of(values())
                .flatMap(kind -> kind.key(encoded).map(key -> new Parsed(kind, key)).stream())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("it is damaged or of another kind;"
                        + " use an ECDSA key on P-256, P-384 or P-521, an Ed25519 key or an RSA key"));
        check(parsed.key());
        return parsed;
    }

    private Optional<PublicKey> key(byte[] encoded) {
        try {
            return Optional.of(KeyFactory.getInstance(factory).generatePublic(new X509EncodedKeySpec(encoded)));
        } catch (GeneralSecurityException e) {
            return Optional.empty(); // Damaged, or of another kind.
        }
    }

    private List<String> algorithms() {
        return switch (this) {
            case ECDSA -> List.of("SHA256withECDSA", "SHA384withECDSA", "SHA512withECDSA");
            case ED25519 -> List.of("Ed25519", PREHASHED);
            case RSA -> List.of("SHA256withRSA", "SHA384withRSA", "SHA512withRSA");
        };
    }

    private static void check(PublicKey key) {
        if (key instanceof RSAPublicKey rsa) {
            int bits = rsa.getModulus().bitLength();
            if (bits < SHORTEST_RSA || bits > LONGEST_RSA) {
                throw new IllegalArgumentException("it is an RSA key of " + bits + " bits; use one of " + SHORTEST_RSA
                        + " to " + LONGEST_RSA + " bits");
            }
        } else if (key instanceof ECPublicKey ec && !NistCurves.contain(ec.getParams())) {
            throw new IllegalArgumentException("it is an ECDSA key on another curve; use P-256, P-384 or P-521");
        }
    }

    boolean verifies(PublicKey key, byte[] content, byte[] signature) {
        return algorithms().stream().anyMatch(algorithm -> verifies(algorithm, key, content, signature));
    }

    private static boolean verifies(String algorithm, PublicKey key, byte[] content, byte[] signature) {
        try {
            Signature verifier = Signature.getInstance(algorithm.equals(PREHASHED) ? "Ed25519" : algorithm);
            if (algorithm.equals(PREHASHED)) {
                verifier.setParameter(new EdDSAParameterSpec(true));
            }
            verifier.initVerify(key);
            verifier.update(content);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            return false; // Not the form of such a signature, e.g. of another kind of key.
        }
    }
}
