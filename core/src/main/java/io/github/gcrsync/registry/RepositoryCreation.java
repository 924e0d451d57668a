package io.github.gcrsync.registry;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.oci.RepositoryName;

/** Creates repositories in registries where a push does not. */
@FunctionalInterface
public interface RepositoryCreation {
    /**
     * Creates the repository; succeeds if it already exists.
     *
     * @param host the registry, {@code host[:port]}
     * @return false if creation is not supported for this registry
     * @throws ContentException if the registry refuses
     */
    boolean create(String host, RepositoryName name);
}
