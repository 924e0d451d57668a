package io.github.gcrsync.content;

import io.github.gcrsync.oci.RepositoryName;
import java.util.Collection;
import java.util.Optional;

/** A store of repositories, opened at a {@link Location}: a registry or a folder of image layouts. Thread-safe. */
public interface Store {
    /** The repository with that full name; it need not exist. */
    Repository repository(RepositoryName name);

    /**
     * Lists the repositories below the location's path with their tags, including the repository at the path itself.
     *
     * @throws ContentException if the store cannot be listed; failures of single repositories are in the listing
     */
    Listing list();

    /**
     * Lists the tags of these repositories only. A repository that does not exist is among the failures.
     *
     * @param names full names
     */
    Listing list(Collection<RepositoryName> names);

    /**
     * Lists the repositories below the location's path, without the repository at the path itself.
     *
     * @return empty if the store cannot list, or refuses to
     * @throws ContentException if the store refuses the login, is unreachable or sends an invalid list
     */
    Optional<Listing> below();

    /** Whether reading costs no request; the content of such a store is checked in every run. */
    boolean isLocal();

    /** Whether the store is reachable; asked after another request failed. */
    boolean answers();

    /** Whether the store is known to count manifest reads against a quota. */
    default boolean countsPulls() {
        return false;
    }

    /** The server that receives the requests, {@code host[:port]}; empty for a folder. */
    default Optional<String> authority() {
        return Optional.empty();
    }
}
