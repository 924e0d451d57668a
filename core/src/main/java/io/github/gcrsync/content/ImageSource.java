package io.github.gcrsync.content;

import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * One repository to read from. Every method may throw a {@link ContentException}. For missing content, {@link #resolve}
 * and {@link #tags} return empty, {@link #manifest} and reads of a blob throw {@link ContentException.NotFound}.
 */
public interface ImageSource {
    /**
     * The manifest's descriptor, without fetching the manifest where possible; empty if the repository or the tag does
     * not exist.
     */
    Optional<Descriptor> resolve(String tagOrDigest);

    /**
     * Reads the manifest and verifies its bytes against the requested or announced digest.
     *
     * @throws ContentException.NotFound if it does not exist
     */
    Manifest manifest(String tagOrDigest);

    /**
     * The blob's content, not fetched yet. Read from its first byte to its end, it matches its digest or reading
     * throws.
     */
    BlobContent blob(Descriptor blob);

    /**
     * All tags in the store's order; pages are fetched as the stream is read. Empty if the repository does not exist.
     */
    Stream<String> tags();

    /**
     * The manifests whose subject is the given digest: signatures, attestations, SBOMs. A store may end the list after
     * {@value ReferrerList#KEPT} of them.
     */
    List<Descriptor> referrers(Digest subject);

    /**
     * Lists referrers like {@link #referrers(Digest)}, for callers that know the tags.
     *
     * @param mayExist whether the repository may have the tag; a tag that it does not have is not requested
     */
    default ReferrerList referrers(Digest subject, Predicate<String> mayExist) {
        return new ReferrerList(referrers(subject), Optional.empty());
    }

    /** Whether the store is known to list referrers only under tags. */
    default boolean findsReferrersOnlyByTag() {
        return false;
    }
}
