package io.github.gcrsync.ledger;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.oci.Tag;

/**
 * One image that the destination has confirmed.
 *
 * @param name relative to the source
 * @param reference a tag or a digest
 * @param link to the image, for the changelog
 * @param attributes of the digest; the ledger adds {@code by} and {@code rule}
 */
public record Entry(RepositoryName name, String reference, Digest digest, String link, Attributes attributes) {
    /** @throws IllegalArgumentException if the reference is neither a valid tag nor the digest */
    public Entry {
        if (!digest.value().equals(reference)) {
            Tag.checked(reference);
        }
    }

    public Entry(RepositoryName name, String reference, Digest digest, String link) {
        this(name, reference, digest, link, Attributes.NONE);
    }

    public Entry with(String attribute, String value) {
        return new Entry(name, reference, digest, link, attributes.with(attribute, value));
    }

    /** Returns {@code name:tag} or {@code name@digest}. */
    public String key() {
        return ImageKey.text(name, reference);
    }
}
