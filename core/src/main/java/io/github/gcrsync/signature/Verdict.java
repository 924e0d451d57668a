package io.github.gcrsync.signature;

import io.github.gcrsync.oci.Digest;
import java.util.List;
import java.util.Locale;

/** Whether an image satisfies a {@link SignaturePolicy}. It is about a digest: copy the image by that, not by its tag. */
public sealed interface Verdict {
    Digest image();

    /** @param keys names of the keys that signed the image, in the policy's order; the search ends once the policy is
     *     satisfied, so other keys of the policy may have signed it too */
    record Valid(Digest image, List<String> keys) implements Verdict {
        public Valid {
            keys = List.copyOf(keys);
        }
    }

    /** @param reason a message for users: what is wrong, where, and what to do */
    record Refused(Digest image, Cause cause, String reason) implements Verdict {}

    enum Cause {
        /** No signature was found. */
        UNSIGNED,
        /** A signature is damaged, incomplete or for another image. */
        BAD_SIGNATURE,
        /** The image is signed, but a key of the policy is not among the signers. */
        OTHER_KEY;

        /** {@code unsigned}, {@code bad signature} or {@code other key}. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }
}
