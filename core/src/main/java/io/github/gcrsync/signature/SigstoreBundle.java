package io.github.gcrsync.signature;

import io.github.gcrsync.oci.Bytes;
import io.github.gcrsync.oci.Descriptor;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** A layer that is a Sigstore bundle with a DSSE envelope (sigstore protobuf-specs, sigstore_bundle.proto, version 0.3). */
final class SigstoreBundle {
    static final String MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";

    private static final String PREDICATE_TYPE = "dev.sigstore.bundle.predicateType";
    private static final String PAYLOAD_TYPE = "application/vnd.in-toto+json";

    private SigstoreBundle() {}

    /** Whether a manifest declares a bundle with another predicate, which is not downloaded then. */
    static boolean isAttestation(Descriptor described) {
        String predicate = described.annotations().getOrDefault(PREDICATE_TYPE, Statement.SIGNATURE);
        return !predicate.equals(Statement.SIGNATURE);
    }

    static Claim read(byte[] bundle) {
        JsonFields json = JsonFields.parse(bundle);
        JsonFields envelope = json.at("dsseEnvelope");
        if (!json.at("mediaType").is(MEDIA_TYPE) || !envelope.exists()) {
            return new Claim.Damaged("has a bundle that is not of the form " + MEDIA_TYPE + " with a DSSE envelope");
        }
        if (!envelope.at("payloadType").is(PAYLOAD_TYPE)) {
            return new Claim.Damaged("has a bundle whose content is not of the type " + PAYLOAD_TYPE);
        }
        Optional<byte[]> payload = envelope.at("payload").bytes();
        List<JsonFields> signatures = envelope.at("signatures").elements();
        Optional<byte[]> signature =
                signatures.size() == 1 ? signatures.getFirst().at("sig").bytes() : Optional.empty();
        if (payload.isEmpty() || signature.isEmpty()) {
            return new Claim.Damaged("has a bundle without exactly one content and one signature in base64");
        }
        return Statement.parse(payload.get())
                .map(statement -> statement.isSignature()
                        ? signed(statement, payload.get(), signature.get(), json.at("verificationMaterial"))
                        : new Claim.NoSignature())
                .orElseGet(() -> new Claim.Damaged("has a bundle whose content is not an in-toto statement"));
    }

    private static Claim signed(Statement statement, byte[] payload, byte[] signature, JsonFields material) {
        return new Claim.Signed(
                statement.subjects(),
                Bytes.copyOf(encoded(payload)),
                Bytes.copyOf(signature),
                material.at("publicKey", "hint").text(),
                material.at("certificate").exists()
                        || material.at("x509CertificateChain").exists());
    }

    /** The signed bytes: the pre-authentication encoding (DSSE, protocol.md, "Signature Definition"). */
    private static byte[] encoded(byte[] payload) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        String start = "DSSEv1 " + PAYLOAD_TYPE.length() + " " + PAYLOAD_TYPE + " " + payload.length + " ";
        bytes.writeBytes(start.getBytes(StandardCharsets.UTF_8));
        bytes.writeBytes(payload);
        return bytes.toByteArray();
    }
}
