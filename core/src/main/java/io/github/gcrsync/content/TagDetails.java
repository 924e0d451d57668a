package io.github.gcrsync.content;

import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.oci.Digest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Digests and push dates of tags of one repository. A digest from a web API is only a hint of what to read: content is
 * read by digest and verified, and a digest that is gone is resolved by its tag.
 *
 * @param way the source of the digests; if a web API lacks some, those are requested one by one
 * @param tags by tag; a tag that does not exist is missing
 * @param failures the tags whose digests could not be read, with the reason
 */
public record TagDetails(Way way, Map<String, ListedTag> tags, Map<String, ContentException> failures) {
    public TagDetails {
        tags = Map.copyOf(tags);
        failures = Map.copyOf(failures);
    }

    /** How digests were read; the text form is for users. */
    public enum Way {
        /** The content of a folder. */
        FOLDER("folder"),
        /** One request per tag. */
        HEAD("tags/list and HEAD"),
        /** The registry's list of tags includes digests and dates, as at gcr.io and Artifact Registry. */
        TAG_LIST("tags/list with digests"),
        DOCKER_HUB("Docker Hub API"),
        QUAY("Quay API"),
        HARBOR("Harbor API"),
        ECR("Amazon ECR API");

        private final String text;

        Way(String text) {
            this.text = text;
        }

        /** Whether the digests come from a web API, which may differ from what the registry serves. */
        public boolean isWebApi() {
            return switch (this) {
                case FOLDER, HEAD, TAG_LIST -> false;
                case DOCKER_HUB, QUAY, HARBOR, ECR -> true;
            };
        }

        @Override
        public String toString() {
            return text;
        }
    }

    public static TagDetails of(Way way, Map<String, ListedTag> tags) {
        return new TagDetails(way, tags, Map.of());
    }

    /** Empty if the tag does not exist, or its digest is unknown. */
    public Optional<Digest> digest(String tag) {
        return Optional.ofNullable(tags.get(tag)).flatMap(ListedTag::digest);
    }

    /** Empty if the tag does not exist, or the registry does not say when it was pushed. */
    public Optional<Instant> pushed(String tag) {
        return Optional.ofNullable(tags.get(tag)).flatMap(ListedTag::pushed);
    }

    /** The existing tags without a known digest, sorted. */
    public List<String> unresolved() {
        return tags.values().stream()
                .filter(tag -> tag.digest().isEmpty())
                .map(ListedTag::tag)
                .sorted()
                .toList();
    }
}
