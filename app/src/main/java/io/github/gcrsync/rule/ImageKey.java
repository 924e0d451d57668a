package io.github.gcrsync.rule;

import io.github.gcrsync.oci.RepositoryName;

/** An image as ImageList names it; its text form is {@code name:tag}, relative to the namespace. */
public record ImageKey(RepositoryName name, String tag) {
    @Override
    public String toString() {
        return name + ":" + tag;
    }
}
