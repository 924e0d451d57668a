package io.github.gcrsync.rule;

import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.oci.Tag;
import java.util.Optional;

/** An image that a rule names; its repository is relative to the source. */
public sealed interface NamedImage {
    RepositoryName repository();

    /** The tags of a repository that a selection keeps. */
    record Tags(RepositoryName repository, TagSelection selection) implements NamedImage {
        @Override
        public String toString() {
            return repository.toString();
        }
    }

    /**
     * One image.
     *
     * @param tag empty: the image has no tag at the destination
     * @param digest empty: whatever the tag points to
     */
    record One(RepositoryName repository, Optional<String> tag, Optional<Digest> digest) implements NamedImage {
        /** @throws IllegalArgumentException if the tag is invalid, or if there is neither a tag nor a digest */
        public One {
            tag.ifPresent(Tag::checked);
            if (tag.isEmpty() && digest.isEmpty()) {
                throw new IllegalArgumentException("neither a tag nor a digest");
            }
        }

        /** Returns the tag or, without one, the digest: what the ledger and the destination call the image. */
        public String reference() {
            return tag.orElseGet(() -> digest.orElseThrow().value());
        }

        /** Returns the image as an entry of a listing. */
        public ListedTag listed() {
            return new ListedTag(reference(), digest);
        }

        @Override
        public String toString() {
            return repository
                    + tag.map(t -> ":" + t).orElse("")
                    + digest.map(d -> "@" + d).orElse("");
        }
    }

    /**
     * Parses {@code NAME[:TAG][@DIGEST]}.
     *
     * @param selection for a name without tag and digest
     * @throws IllegalArgumentException naming the invalid part
     */
    static NamedImage parse(String text, TagSelection selection) {
        int at = text.indexOf('@');
        Optional<Digest> digest = at < 0 ? Optional.empty() : Optional.of(new Digest(text.substring(at + 1)));
        String name = at < 0 ? text : text.substring(0, at);
        int colon = name.indexOf(':');
        Optional<String> tag = colon < 0 ? Optional.empty() : Optional.of(name.substring(colon + 1));
        RepositoryName repository = new RepositoryName(colon < 0 ? name : name.substring(0, colon));
        return tag.isEmpty() && digest.isEmpty() ? new Tags(repository, selection) : new One(repository, tag, digest);
    }
}
