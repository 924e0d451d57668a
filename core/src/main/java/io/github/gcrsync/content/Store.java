package io.github.gcrsync.content;

import io.github.gcrsync.oci.RepositoryName;
import java.util.Optional;

/**
 * A place that holds repositories, opened at a {@link Location}: a registry, a folder of image layouts. Used by many threads.
 */
public interface Store {
    /** The repository of that whole name, whether it exists or not. */
    Repository repository(RepositoryName name);

    /**
     * Lists every repository below the location's path with its tags, and the repository at the path itself if there is one.
     *
     * @throws ContentException if there is no listing to be had; what fails in one repository is in the listing
     */
    Listing list();

    /**
     * Lists every repository below the location's path, and not the one at the path.
     *
     * @return empty where the store cannot list, or refuses to
     * @throws ContentException if it was asked with a login that it does not accept
     */
    Optional<Listing> below();

    /** Whether looking costs no request; what such a store holds is looked at in every run. */
    boolean isLocal();

    /** Whether it is there at all; asked when something else was not answered. */
    boolean answers();

    /** Whether reading a manifest is known to count against a quota. */
    default boolean countsPulls() {
        return false;
    }

    /** The server that requests go to, {@code host[:port]}; empty for a folder. */
    default Optional<String> authority() {
        return Optional.empty();
    }
}
