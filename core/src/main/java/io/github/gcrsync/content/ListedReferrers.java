package io.github.gcrsync.content;

import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.DescriptorJson;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.InvalidManifestException;
import io.github.gcrsync.text.Json;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The first entries of a list of referrers, each digest once, read from pages that may name any number (OCI distribution
 * specification, "Listing Referrers").
 */
public final class ListedReferrers {
    /**
     * The most characters of all texts together, a thousand for each of 1,000 entries: signatures have about 300. Entries
     * beyond it keep only what identifies them.
     */
    private static final int LARGEST_TEXTS = 1 << 20;

    /** What a string costs besides its characters. */
    private static final int OVERHEAD = 64;

    private static final int LONGEST_TYPE = 255;

    private final int most;
    private final Map<Digest, Descriptor> found = new LinkedHashMap<>();
    private long texts;

    public ListedReferrers(int most) {
        this.most = most;
    }

    /**
     * Reads a page, or the start of it that is enough.
     *
     * @return whether no more entries are wanted
     * @throws InvalidManifestException if the page is not an index
     * @throws tools.jackson.core.JacksonException if it is not JSON or cannot be read
     */
    public boolean read(InputStream page) {
        try (JsonParser json = Json.parser(page)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new InvalidManifestException("not a JSON object");
            }
            boolean isIndex = false;
            for (String field = json.nextName(); field != null; field = json.nextName()) {
                JsonToken value = json.nextToken();
                if (!field.equals("manifests")) {
                    json.skipChildren();
                    continue;
                }
                isIndex = true;
                if (value == JsonToken.START_ARRAY) {
                    for (JsonToken entry = json.nextToken(); entry != JsonToken.END_ARRAY; entry = json.nextToken()) {
                        if (isFullWith(DescriptorJson.read(json, entry, field))) {
                            return true;
                        }
                    }
                } else if (value != JsonToken.VALUE_NULL) { // Go programs encode an empty list as null.
                    throw new InvalidManifestException("\"manifests\" is not an array");
                }
            }
            if (!isIndex) {
                throw new InvalidManifestException("an index without \"manifests\"");
            }
            if (json.nextToken() != null) {
                throw new InvalidManifestException("unexpected data after the JSON object");
            }
            return false;
        }
    }

    private boolean isFullWith(Descriptor referrer) {
        if (!found.containsKey(referrer.digest())) {
            long size = size(referrer);
            boolean fits = texts + size <= LARGEST_TEXTS;
            texts += fits ? size : 0;
            found.put(referrer.digest(), fits ? referrer : identified(referrer));
        }
        return found.size() >= most;
    }

    private static long size(Descriptor referrer) {
        return referrer.mediaType().length()
                + referrer.artifactType().map(String::length).orElse(0)
                + referrer.platform()
                        .map(platform -> platform.toString().length())
                        .orElse(0)
                + referrer.urls().stream().mapToLong(ListedReferrers::size).sum()
                + referrer.annotations().entrySet().stream()
                        .mapToLong(entry -> size(entry.getKey()) + size(entry.getValue()))
                        .sum();
    }

    private static long size(String text) {
        return text.length() + (long) OVERHEAD;
    }

    private static Descriptor identified(Descriptor referrer) {
        return new Descriptor(
                referrer.mediaType().length() <= LONGEST_TYPE ? referrer.mediaType() : "",
                referrer.digest(),
                referrer.size(),
                Optional.empty(),
                referrer.artifactType().filter(type -> type.length() <= LONGEST_TYPE),
                List.of(),
                Map.of());
    }

    public List<Descriptor> found() {
        return List.copyOf(found.values());
    }
}
