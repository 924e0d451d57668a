package io.github.gcrsync.signature;

import io.github.gcrsync.oci.Bytes;
import java.util.List;
import java.util.Optional;

/** What one layer of a signature's manifest says, before any key is tried. */
sealed interface Claim {
    /**
     * A signature and what it is for.
     *
     * @param images the digests that the signed content names, unchecked text
     * @param content the signed bytes
     * @param hint the key that the signer names, in the signer's form
     * @param keyless whether a certificate accompanies the signature
     */
    record Signed(List<String> images, Bytes content, Bytes signature, Optional<String> hint, boolean keyless)
            implements Claim {}

    /** @param why ends a sentence that begins with the place; printable */
    record Damaged(String why) implements Claim {}

    /** Something else that is signed in the same form, such as an SBOM. */
    record NoSignature() implements Claim {}
}
