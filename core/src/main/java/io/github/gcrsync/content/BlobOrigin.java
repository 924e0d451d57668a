package io.github.gcrsync.content;

import io.github.gcrsync.oci.RepositoryName;

/** A blob's place in a registry: {@code host[:port]} and the repository that holds it. */
public record BlobOrigin(String registry, RepositoryName repository) {}
