package io.github.gcrsync.content;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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

    /** One tag. A namespace may have millions of them, so it takes little memory. */
    public static final class ListedTag {
        private static final long UNKNOWN = Long.MIN_VALUE;

        private final String tag;
        private final @Nullable Digest digest;
        private final long pushed;

        public ListedTag(String tag, Optional<Digest> digest) {
            this(tag, digest, Optional.empty());
        }

        /** @param pushed is kept in milliseconds */
        public ListedTag(String tag, Optional<Digest> digest, Optional<Instant> pushed) {
            this.tag = tag;
            this.digest = digest.orElse(null);
            this.pushed = pushed.map(Instant::toEpochMilli).orElse(UNKNOWN);
        }

        public String tag() {
            return tag;
        }

        /** Returns the target of the tag, if the listing includes it. */
        public Optional<Digest> digest() {
            return Optional.ofNullable(digest);
        }

        /** Returns when the tag's image was pushed, if the listing says so. */
        public Optional<Instant> pushed() {
            return pushed == UNKNOWN ? Optional.empty() : Optional.of(Instant.ofEpochMilli(pushed));
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof ListedTag that
                    && tag.equals(that.tag)
                    && Objects.equals(digest, that.digest)
                    && pushed == that.pushed;
        }

        @Override
        public int hashCode() {
            return Objects.hash(tag, digest, pushed);
        }

        @Override
        public String toString() {
            return tag + digest().map(target -> "@" + target).orElse("");
        }
    }

    /** A repository that could not be listed. */
    public record Failure(RepositoryName repository, ContentException reason) {}
}
