package io.github.gcrsync.signature;

import io.github.gcrsync.content.TestImages;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.text.Json;
import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.EdDSAParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** A key pair that signs as cosign does. */
final class Signer {
    private final String name;
    private final String algorithm;
    private final boolean prehashed;
    private final KeyPair keys;

    private Signer(String name, String generator, AlgorithmParameterSpec parameters, String algorithm) {
        this.name = name;
        this.algorithm = algorithm.replace("Ed25519ph", "Ed25519");
        this.prehashed = algorithm.equals("Ed25519ph");
        try {
            KeyPairGenerator generated = KeyPairGenerator.getInstance(generator);
            generated.initialize(parameters);
            keys = generated.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @param curve as the JDK names it, secp256r1 */
    static Signer ecdsa(String name, String curve, String hash) {
        return new Signer(name, "EC", new ECGenParameterSpec(curve), hash + "withECDSA");
    }

    /** P-256 and SHA-256, cosign's default. */
    static Signer named(String name) {
        return ecdsa(name, "secp256r1", "SHA256");
    }

    static Signer ed25519(String name, boolean prehashed) {
        return new Signer(name, "Ed25519", NamedParameterSpec.ED25519, prehashed ? "Ed25519ph" : "Ed25519");
    }

    static Signer rsa(String name, int bits, String hash) {
        return new Signer(name, "RSA", new RSAKeyGenParameterSpec(bits, RSAKeyGenParameterSpec.F4), hash + "withRSA");
    }

    byte[] encoded() {
        return keys.getPublic().getEncoded();
    }

    String pem() {
        return pem("PUBLIC KEY", encoded());
    }

    String privatePem() {
        return pem("PRIVATE KEY", keys.getPrivate().getEncoded());
    }

    static String pem(String label, byte[] content) {
        return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder().encodeToString(content) + "\n-----END "
                + label + "-----\n";
    }

    VerificationKey key() {
        return VerificationKey.parse(pem(), name);
    }

    SignaturePolicy policy() {
        return new SignaturePolicy(List.of(key()), SignaturePolicy.Match.ANY);
    }

    byte[] sign(byte[] content) {
        try {
            Signature signature = Signature.getInstance(algorithm);
            if (prehashed) {
                signature.setParameter(new EdDSAParameterSpec(true));
            }
            signature.initSign(keys.getPrivate());
            signature.update(content);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    String signInBase64(byte[] content) {
        return Base64.getEncoder().encodeToString(sign(content));
    }

    static byte[] payload(Digest image) {
        return TestImages.utf8(Json.text(Map.of(
                "critical",
                Map.of(
                        "identity",
                        Map.of("docker-reference", "registry.example.com/team/app"),
                        "image",
                        Map.of("docker-manifest-digest", image.value()),
                        "type",
                        "cosign container image signature"),
                "optional",
                Map.of("build", 7))));
    }

    static byte[] statement(String predicateType, Digest image) {
        return TestImages.utf8(Json.text(Map.of(
                "_type",
                "https://in-toto.io/Statement/v1",
                "predicateType",
                predicateType,
                "subject",
                List.of(Map.of("name", "app", "digest", Map.of(image.algorithm(), image.hex()))),
                "predicate",
                Map.of())));
    }

    /** A Sigstore bundle whose envelope holds the statement. */
    byte[] bundle(byte[] statement) {
        String type = "application/vnd.in-toto+json";
        ByteArrayOutputStream signed = new ByteArrayOutputStream();
        signed.writeBytes(TestImages.utf8("DSSEv1 " + type.length() + " " + type + " " + statement.length + " "));
        signed.writeBytes(statement);
        return bundle(type, statement, signInBase64(signed.toByteArray()));
    }

    byte[] bundle(String type, byte[] statement, String signature) {
        Digest hash = Digest.sha256(keys.getPublic().getEncoded());
        String hint = Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hash.hex()));
        return TestImages.utf8(Json.text(Map.of(
                "mediaType",
                SigstoreBundle.MEDIA_TYPE,
                "verificationMaterial",
                Map.of("publicKey", Map.of("hint", hint)),
                "dsseEnvelope",
                Map.of(
                        "payload",
                        Base64.getEncoder().encodeToString(statement),
                        "payloadType",
                        type,
                        "signatures",
                        List.of(Map.of("sig", signature))))));
    }
}
