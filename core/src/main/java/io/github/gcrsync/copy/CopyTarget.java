package io.github.gcrsync.copy;

import io.github.gcrsync.content.ImageDestination;

/**
 * A place that receives an image.
 *
 * @param server names the store; a blob that has arrived at a server can be mounted by its other repositories
 * @param tagOrDigest under which the image is stored; the digest of the image at the source stands for that of the
 *     stored manifest
 * @param mayHaveParts whether the repository may already have parts of the image; a repository that is known to be new
 *     is not asked
 * @param listener receives the events of this target
 */
public record CopyTarget(
        ImageDestination destination, String server, String tagOrDigest, boolean mayHaveParts, CopyListener listener) {
    CopyTarget under(String name) {
        return new CopyTarget(destination, server, name, mayHaveParts, listener);
    }
}
