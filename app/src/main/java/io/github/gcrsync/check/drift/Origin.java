package io.github.gcrsync.check.drift;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Platforms;
import io.github.gcrsync.oci.RepositoryName;
import java.util.Optional;

/**
 * Where an image came from.
 *
 * @param from the full name of the repository at the source
 * @param digest of the image there
 * @param isRewritten whether its index lost entries, so that the source has other indexes
 * @param platforms that were copied; empty if the rule has changed since then, and nothing tells
 */
record Origin(RepositoryName from, Digest digest, boolean isRewritten, Optional<Platforms> platforms) {
    /** Whatever belongs to an image is copied for all platforms. */
    Origin ofReferrers() {
        return new Origin(from, digest, isRewritten, Optional.of(Platforms.ALL));
    }
}
