package io.github.gcrsync.signature;

import io.github.gcrsync.oci.Bytes;
import io.github.gcrsync.oci.Descriptor;
import java.util.List;
import java.util.Optional;

/** A layer in cosign's simple signing format (cosign, specs/SIGNATURE_SPEC.md). */
final class SimpleSigning {
    static final String MEDIA_TYPE = "application/vnd.dev.cosign.simplesigning.v1+json";
    /** The type of a manifest with such layers that is a referrer. */
    static final String ARTIFACT_TYPE = "application/vnd.dev.cosign.artifact.sig.v1+json";

    private static final String SIGNATURE = "dev.cosignproject.cosign/signature";
    private static final String CERTIFICATE = "dev.sigstore.cosign/certificate";
    private static final String TYPE = "cosign container image signature";

    private SimpleSigning() {}

    /** @param layer its annotations hold the signature in base64 */
    static Claim read(Descriptor layer, byte[] payload) {
        String encoded = layer.annotations().getOrDefault(SIGNATURE, "");
        if (encoded.isEmpty()) {
            return new Claim.Damaged("lacks the annotation " + SIGNATURE);
        }
        Optional<byte[]> signature = Base64Text.decode(encoded);
        if (signature.isEmpty()) {
            return new Claim.Damaged("has an annotation " + SIGNATURE + " that is not base64");
        }
        JsonFields critical = JsonFields.parse(payload).at("critical");
        Optional<String> image = critical.at("image", "docker-manifest-digest").text();
        if (!critical.at("type").is(TYPE) || image.isEmpty()) {
            return new Claim.Damaged("has a payload that is not a \"" + TYPE + "\"");
        }
        return new Claim.Signed(
                List.of(image.get()),
                Bytes.copyOf(payload),
                Bytes.copyOf(signature.get()),
                Optional.empty(),
                layer.annotations().containsKey(CERTIFICATE));
    }
}
