package io.github.gcrsync.signature;

import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Tag;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Verifies that an image is signed by given keys. Finds cosign's simple signing under the tag
 * {@code sha256-<hex>.sig} and among the referrers, and Sigstore bundles among the referrers. The name of the repository
 * in a signature is ignored, because mirrors keep the signature of the source.
 *
 * <p>Reads at most 100 referrers, 200 signatures and 8 MiB, and stops when the policy is satisfied.
 */
public final class Signatures {
    private Signatures() {}

    /**
     * Looks for the tag of the signature, and for that of the list of referrers if the registry needs one, without a list
     * of tags.
     *
     * @see #verify(ImageSource, Digest, Collection, SignaturePolicy)
     */
    public static Verdict verify(ImageSource source, Digest image, SignaturePolicy policy) {
        return verify(source, image, tag -> true, policy);
    }

    /**
     * Judges the manifest with this digest, of an image or an index. A signature of an index covers what it names; a
     * signature of one of its images says nothing about the index.
     *
     * @param source where the image is, and its signatures
     * @param knownTags all tags of the repository, or those of the form {@code sha256-…}; a tag that is not among them is
     *     not requested
     * @throws io.github.gcrsync.content.ContentException if the source cannot be read, so that there is no verdict
     */
    public static Verdict verify(
            ImageSource source, Digest image, Collection<String> knownTags, SignaturePolicy policy) {
        return verify(source, image, knownTags::contains, policy);
    }

    private static Verdict verify(
            ImageSource source, Digest image, Predicate<String> mayExist, SignaturePolicy policy) {
        Trial trial = new Trial(image, policy);
        SignatureSearch search = new SignatureSearch(source, image, mayExist, trial);
        tag(image).ifPresent(search::readTag);
        if (!trial.isSatisfied()) {
            search.readReferrers();
        }
        return trial.verdict();
    }

    /** Returns empty for a digest that is too long for a tag: sha512. */
    private static Optional<String> tag(Digest image) {
        return Optional.of(image.algorithm() + "-" + image.hex() + ".sig").filter(Tag::isValid);
    }
}
