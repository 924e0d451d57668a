package io.github.gcrsync.content;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import java.util.List;
import java.util.Optional;

/**
 * What a namespace holds.
 *
 * @param repositories sorted by name; those without tags too
 * @param invalid names and tags that a registry must not have, made printable; nothing is done with them
 * @param failures repositories that could not be listed, and why
 */
public record Listing(List<ListedRepository> repositories, List<String> invalid, List<Failure> failures) {
    public Listing {
        repositories = List.copyOf(repositories);
        invalid = List.copyOf(invalid);
        failures = List.copyOf(failures);
    }

    /**
     * One repository.
     *
     * @param name its whole name, the namespace included
     * @param tags sorted
     */
    public record ListedRepository(RepositoryName name, List<ListedTag> tags) {
        public ListedRepository {
            tags = List.copyOf(tags);
        }
    }

    /**
     * One tag.
     *
     * @param digest what it points to, where the listing itself said so
     */
    public record ListedTag(String tag, Optional<Digest> digest) {}

    /** A repository that could not be listed. */
    public record Failure(RepositoryName repository, ContentException reason) {}
}
