package io.github.gcrsync.ledger;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.oci.Tag;

/**
 * One tag that the destination has confirmed.
 *
 * @param name relative to the namespace
 * @param link to the image, for the changelog
 */
public record Entry(RepositoryName name, String tag, Digest digest, String link) {
    /** @throws IllegalArgumentException if the tag is invalid */
    public Entry {
        Tag.checked(tag);
    }

    public String key() {
        return name + ":" + tag;
    }
}
