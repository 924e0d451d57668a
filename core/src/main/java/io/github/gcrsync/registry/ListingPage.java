package io.github.gcrsync.registry;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.text.Json;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.StreamReadException;

/**
 * One answer to {@code tags/list} or {@code _catalog}.
 *
 * @param children names of repositories below this one; empty if the registry does not list them (only gcr.io and
 *     Artifact Registry do)
 * @param targets of each tag, if the registry lists it
 */
record ListingPage(
        List<String> tags, List<String> repositories, Optional<List<String>> children, Map<String, Target> targets) {
    /**
     * What a tag points to.
     *
     * @param digest empty for a tag that the registry lists under two digests
     * @param pushed when the manifest was uploaded
     */
    record Target(Optional<Digest> digest, Optional<Instant> pushed) {
        static final Target UNKNOWN = new Target(Optional.empty(), Optional.empty());
    }

    /** The most names in one list; many times the size of any real repository. */
    static final int MOST = 500_000;

    private static final Set<String> MEMBERS = Set.of("name", "tags", "repositories", "child", "manifest");

    /** Rejects an incomplete list instead of returning a shorter one: missing entries would look deleted. */
    static ListingPage read(InputStream in) {
        List<String> tags = new ArrayList<>();
        List<String> repositories = new ArrayList<>();
        Optional<List<String>> children = Optional.empty();
        Map<String, Target> targets = new HashMap<>();
        boolean isListing = false;
        try (JsonParser json = Json.parser(in)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new StreamReadException(json, "not a JSON object");
            }
            for (String field = json.nextName(); field != null; field = json.nextName()) {
                JsonToken value = json.nextToken();
                isListing |= MEMBERS.contains(field);
                switch (field) {
                    case "tags" -> strings(json, value, tags);
                    case "repositories" -> strings(json, value, repositories);
                    case "child" -> {
                        List<String> names = new ArrayList<>();
                        strings(json, value, names);
                        children = Optional.of(names);
                    }
                    case "manifest" -> targets(json, value, targets);
                    case "errors" -> noErrors(json, value);
                    default -> json.skipChildren();
                }
            }
            if (!isListing) {
                throw new StreamReadException(json, "it lists nothing");
            }
        }
        return new ListingPage(tags, repositories, children, targets);
    }

    /** Merges all pages of a repository's listing. */
    static ListingPage merged(RepositoryName name, Iterator<ListingPage> pages) {
        List<String> tags = new ArrayList<>();
        List<String> children = new ArrayList<>();
        Map<String, Target> targets = new HashMap<>();
        boolean[] listsChildren = {false};
        pages.forEachRemaining(page -> {
            tags.addAll(page.tags());
            page.targets().forEach((tag, target) -> merge(targets, tag, target));
            page.children().ifPresent(names -> {
                children.addAll(names);
                listsChildren[0] = true;
            });
            if (Math.max(tags.size(), Math.max(targets.size(), children.size())) > MOST) {
                throw new ContentException.Corrupt(name + " has more than " + MOST + " tags or repositories below it");
            }
        });
        return new ListingPage(tags, List.of(), listsChildren[0] ? Optional.of(children) : Optional.empty(), targets);
    }

    /** Some proxies and gateways forward a registry's errors with a success status. */
    static void noErrors(JsonParser json, JsonToken value) {
        if (value == JsonToken.START_ARRAY && json.nextToken() != JsonToken.END_ARRAY) {
            throw new StreamReadException(json, "it lists errors");
        }
        json.skipChildren();
    }

    /** Reads gcr.io's map from digest to manifest details, which include its tags. */
    private static void targets(JsonParser json, JsonToken first, Map<String, Target> into) {
        if (first != JsonToken.START_OBJECT) {
            json.skipChildren();
            return;
        }
        for (String key = json.nextName(); key != null; key = json.nextName()) {
            JsonToken entry = json.nextToken();
            Optional<Digest> digest = Digest.parse(key);
            if (entry != JsonToken.START_OBJECT || digest.isEmpty()) {
                json.skipChildren();
                continue;
            }
            List<String> tags = new ArrayList<>();
            Optional<Instant> pushed = Optional.empty();
            for (String field = json.nextName(); field != null; field = json.nextName()) {
                JsonToken value = json.nextToken();
                switch (field) {
                    case "tag" -> strings(json, value, tags);
                    case "timeUploadedMs" -> pushed = time(json, value);
                    default -> json.skipChildren();
                }
            }
            Target target = new Target(digest, pushed);
            tags.forEach(tag -> merge(into, tag, target));
        }
    }

    /** gcr.io may list one tag under two digests; the registry must then be asked for the tag. */
    private static void merge(Map<String, Target> into, String tag, Target target) {
        into.merge(tag, target, (known, other) -> known.digest().equals(other.digest()) ? known : Target.UNKNOWN);
    }

    /** Reads milliseconds since the epoch, which gcr.io writes as a string; other values are ignored. */
    private static Optional<Instant> time(JsonParser json, JsonToken value) {
        if (value != JsonToken.VALUE_STRING || !json.getString().matches("\\d{1,15}")) {
            json.skipChildren();
            return Optional.empty();
        }
        return Optional.of(Instant.ofEpochMilli(Long.parseLong(json.getString())));
    }

    private static void strings(JsonParser json, JsonToken first, List<String> into) {
        if (first == JsonToken.VALUE_NULL) {
            return; // Go programs encode an empty list as null.
        }
        if (first != JsonToken.START_ARRAY) {
            throw new StreamReadException(json, "names that are not in an array");
        }
        for (JsonToken token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
            if (into.size() == MOST) {
                throw new ContentException.Corrupt("the listing has more than " + MOST + " names in one place");
            }
            if (token != JsonToken.VALUE_STRING) {
                throw new StreamReadException(json, "a name that is not a string");
            }
            into.add(json.getString());
        }
    }

    boolean hasTags() {
        return !tags.isEmpty() || !targets.isEmpty();
    }
}
