package gcrsync.registry;

import gcrsync.content.ContentException;
import gcrsync.oci.Digest;
import gcrsync.oci.Json;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.StreamReadException;

/**
 * One answer to {@code tags/list} or {@code _catalog}.
 *
 * @param children names of repositories below this one; empty where the registry does not list them (only gcr.io and
 *     Artifact Registry do)
 * @param digests what each tag points to, where the registry says so
 */
record ListingPage(
        List<String> tags, List<String> repositories, Optional<List<String>> children, Map<String, Digest> digests) {
    /** Names in one list; many times what any repository has. */
    static final int MOST = 500_000;

    static ListingPage read(InputStream in) {
        List<String> tags = new ArrayList<>();
        List<String> repositories = new ArrayList<>();
        Optional<List<String>> children = Optional.empty();
        Map<String, Digest> digests = new HashMap<>();
        try (JsonParser json = Json.parser(in)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new StreamReadException(json, "not a JSON object");
            }
            for (String field = json.nextName(); field != null; field = json.nextName()) {
                JsonToken value = json.nextToken();
                switch (field) {
                    case "tags" -> strings(json, value, tags);
                    case "repositories" -> strings(json, value, repositories);
                    case "child" -> {
                        List<String> names = new ArrayList<>();
                        strings(json, value, names);
                        children = Optional.of(names);
                    }
                    case "manifest" -> digests(json, value, digests);
                    default -> json.skipChildren();
                }
            }
        }
        return new ListingPage(tags, repositories, children, digests);
    }

    /** gcr.io's map of digest to what is known of the manifest, its tags included. */
    private static void digests(JsonParser json, JsonToken first, Map<String, Digest> into) {
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
            for (String field = json.nextName(); field != null; field = json.nextName()) {
                JsonToken value = json.nextToken();
                if (field.equals("tag")) {
                    strings(json, value, tags);
                } else {
                    json.skipChildren();
                }
            }
            tags.forEach(tag -> into.put(tag, digest.get()));
        }
    }

    private static void strings(JsonParser json, JsonToken first, List<String> into) {
        if (first != JsonToken.START_ARRAY) {
            json.skipChildren();
            return;
        }
        for (JsonToken token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
            if (into.size() == MOST) {
                throw new ContentException.Corrupt("the listing has more than " + MOST + " names in one place");
            }
            if (token == JsonToken.VALUE_STRING) {
                into.add(json.getString());
            } else {
                json.skipChildren();
            }
        }
    }
}
