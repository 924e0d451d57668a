package io.github.gcrsync.content;

import io.github.gcrsync.oci.RepositoryName;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Predicate;

/** A store of repositories, opened at a {@link Location}: a registry or a folder of image layouts. Thread-safe. */
public interface Store {
    /** The repository with that full name; it need not exist. */
    Repository repository(RepositoryName name);

    /**
     * Lists the repositories below the location's path with their tags, including the repository at the path itself.
     *
     * @throws ContentException if the store cannot be listed; failures of single repositories are in the listing
     */
    default Listing list() {
        return list(name -> true);
    }

    /**
     * Like {@link #list()}, but asks for the tags of unwanted repositories only where nothing else shows which
     * repositories there are.
     *
     * @param wanted asked with full names
     */
    Listing list(Predicate<RepositoryName> wanted);

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

    /**
     * Reads digests, and push dates where they are needed and known, of tags of one repository in the cheapest way: from
     * the web API of a hosted registry, which lists 100 or 1,000 tags per request, or by one HEAD per tag. The number of
     * tags is known from the last list of this repository; without one, the repository need not exist.
     *
     * @param datesNeeded whether to prefer a way that gives dates, even if it costs more requests
     * @throws ContentException if nothing can be read; failures of single tags are in the result
     */
    TagDetails details(RepositoryName repository, Collection<String> tags, boolean datesNeeded);

    /**
     * Like {@link #details}, but without a request per tag, for callers that resolve tags themselves.
     *
     * @return a tag whose digest is unknown has none here; a tag that is known not to exist is missing
     */
    TagDetails listedDetails(RepositoryName repository, Collection<String> tags, boolean datesNeeded);

    /**
     * Reads all tags of a repository that need not exist, with digests and dates as far as lists give them: one request
     * per 100 or 1,000 tags at a hosted registry, one at registries like gcr.io. Elsewhere the tags have no digests,
     * except in a folder, where also tags of damaged images have them. A tag that moves while pages are read may be
     * missing.
     */
    TagDetails details(RepositoryName repository);

    /**
     * Whether lists of tags are known to give digests, so that {@link #details(RepositoryName)} is cheaper than a
     * request per tag.
     */
    default boolean listsDigests() {
        return false;
    }

    /** Whether the store has only some of the images of the place that it stands for, so that others need not be gone. */
    default boolean isPart() {
        return false;
    }

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
