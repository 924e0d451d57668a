package io.github.gcrsync.rule;

import io.github.gcrsync.oci.RepositoryName;

/** An image as named in ImageList. The text form is {@code name:tag}, relative to the namespace. */
public record ImageKey(RepositoryName name, String tag) {
    @Override
    public String toString() {
        return name + ":" + tag;
    }
}
