package io.github.gcrsync.check.drift;

import io.github.gcrsync.check.ReferrerComparison;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.rule.MirrorRule;
import java.util.Optional;

/**
 * What the checks of all repositories share.
 *
 * @param destination lists referrers
 * @param store the same, opened to read from: a folder then knows what its source lacked
 * @param comparison names referrers of an image that only the source has
 */
record Site(
        MirrorRule rule,
        Store destination,
        Store store,
        AtSource source,
        ReferrerComparison comparison,
        BlobCheck blobs,
        Counts counts,
        Failures failures) {
    /**
     * Resolves a tag of the store.
     *
     * @throws ContentException if a folder lacks the tag, or the manifest is missing or damaged
     */
    Optional<Digest> digest(Repository repository, String tag) {
        return store.isLocal()
                // Its resolve would check the whole image.
                ? Optional.of(repository.manifest(tag).descriptor().digest())
                : repository.resolve(tag).map(Descriptor::digest);
    }
}
