package io.github.gcrsync.registry;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.oci.RepositoryName;

/** Makes repositories where a push does not make them by itself. */
@FunctionalInterface
public interface RepositoryCreation {
    /**
     * Creates the repository; that there is one already is a success.
     *
     * @param host the registry, {@code host[:port]}
     * @return false if this is no registry that repositories can be created at
     * @throws ContentException if the registry refuses
     */
    boolean create(String host, RepositoryName name);
}
