package io.github.gcrsync.content;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The repositories and tags of a namespace.
 *
 * @param repositories sorted by name, including those without tags
 * @param invalid names and tags that violate the specification, made printable; they are ignored
 * @param failures repositories that could not be listed, with the reason
 * @param others sorted names of existing repositories that were not wanted
 */
public record Listing(
        List<ListedRepository> repositories,
        List<String> invalid,
        List<Failure> failures,
        List<RepositoryName> others) {
    public Listing(List<ListedRepository> repositories, List<String> invalid, List<Failure> failures) {
        this(repositories, invalid, failures, List.of());
    }

    public Listing {
        others = List.copyOf(others);
        repositories = List.copyOf(repositories);
        invalid = List.copyOf(invalid);
        failures = List.copyOf(failures);
    }

    /**
     * One repository.
     *
     * @param name full name, including the namespace
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
     * @param digest target of the tag, if the listing includes it
     * @param pushed when the tag's image was pushed, if the listing says so
     */
    public record ListedTag(String tag, Optional<Digest> digest, Optional<Instant> pushed) {
        public ListedTag(String tag, Optional<Digest> digest) {
            this(tag, digest, Optional.empty());
        }
    }

    /** A repository that could not be listed. */
    public record Failure(RepositoryName repository, ContentException reason) {}
}
