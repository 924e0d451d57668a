package io.github.gcrsync.oci;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Tags that name the digest of the manifest to which their content belongs. */
public final class DigestTags {
    /** What cosign stores: signatures, attestations and SBOMs. */
    private static final List<String> SUFFIXES = List.of(".sig", ".att", ".sbom");

    private static final Pattern FORM = Pattern.compile("sha(256|512)-[0-9a-f]{64}(\\.[a-z]+)?");
    private static final int LONGEST_HASH = 64;

    private DigestTags() {}

    /**
     * Returns the tag of the list of referrers (OCI distribution specification, "Referrers Tag Schema"). It contains at
     * most 64 characters of the hash, so that it is valid for sha512 too.
     */
    public static String ofReferrers(Digest subject) {
        String hash = subject.hex();
        return subject.algorithm() + "-" + hash.substring(0, Math.min(hash.length(), LONGEST_HASH));
    }

    /** Returns the tags of artifacts without a subject; none for sha512, whose hash is too long for a tag. */
    public static List<String> ofArtifacts(Digest image) {
        return Stream.of(image)
                .filter(Digest::isSha256)
                .flatMap(digest -> SUFFIXES.stream().map(suffix -> digest.algorithm() + "-" + digest.hex() + suffix))
                .toList();
    }

    /** Whether the tag has the form of either kind. */
    public static boolean isOne(String tag) {
        return FORM.matcher(tag).matches();
    }
}
