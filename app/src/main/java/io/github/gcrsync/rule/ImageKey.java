package io.github.gcrsync.rule;

import io.github.gcrsync.oci.RepositoryName;

/**
 * An image as named in the ledger. The text form is {@code name:tag} or {@code name@digest}, relative to the source.
 *
 * @param reference a tag or a digest
 */
public record ImageKey(RepositoryName name, String reference) {
    @Override
    public String toString() {
        return name + (reference.indexOf(':') < 0 ? ":" : "@") + reference;
    }
}
