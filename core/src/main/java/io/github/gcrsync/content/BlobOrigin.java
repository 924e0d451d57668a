package io.github.gcrsync.content;

import io.github.gcrsync.oci.RepositoryName;

/** The location of a blob: {@code host[:port]} and the repository that holds it. */
public record BlobOrigin(String registry, RepositoryName repository) {}
