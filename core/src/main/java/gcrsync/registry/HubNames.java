package gcrsync.registry;

import gcrsync.content.ContentException;
import gcrsync.http.Request;
import gcrsync.oci.RepositoryName;
import gcrsync.text.Json;
import gcrsync.text.Printable;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.StreamReadException;

/**
 * The repositories of a namespace of Docker Hub, by the API of its web site: the registry itself has no catalog. A page is
 * {@code {"count": 123, "next": URL or null, "results": [{"name": "nginx", ...}]}}, of at most 100 results
 * (github.com/docker/docs/pull/23201).
 */
final class HubNames {
    private static final int PAGE = 100;
    private static final long LARGEST_PAGE = 8L << 20;

    private final RemoteRegistry registry;
    private final URI api;

    /** @param api where the web site's API is, without a path */
    HubNames(RemoteRegistry registry, URI api) {
        this.registry = registry;
        this.api = api;
    }

    private record Page(List<String> names, boolean last) {}

    /**
     * Names without the namespace, as the API gives them: nothing of them is checked.
     *
     * @param most after how many it is no longer believed
     */
    List<String> of(RepositoryName namespace, int most) {
        List<String> all = new ArrayList<>();
        for (int number = 1; ; number++) {
            // Counted here instead of following "next", which could lead anywhere.
            Request request = Request.get(api.resolve(
                            "/v2/namespaces/" + namespace + "/repositories?page_size=" + PAGE + "&page=" + number))
                    .with("Accept", "application/json");
            Page page = ask(request, number);
            all.addAll(page.names());
            if (all.size() > most) {
                throw new ContentException.Corrupt(request + " lists more than " + most + " repositories");
            }
            if (page.last()) {
                return all;
            }
        }
    }

    private Page ask(Request request, int number) {
        try {
            return registry.ask(request, response -> read(new BoundedInput(response.body(), LARGEST_PAGE)));
        } catch (JacksonException e) {
            throw new ContentException.Corrupt("the answer to " + request + " is not the JSON it should be: "
                    + Printable.shortened(e.getOriginalMessage()));
        } catch (ContentException.NotFound e) {
            if (number == 1) {
                throw e;
            }
            throw new ContentException.Corrupt("page " + number + " of the list is missing: " + e.getMessage());
        }
    }

    private static Page read(InputStream in) {
        List<String> names = new ArrayList<>();
        boolean last = true;
        boolean isListing = false;
        try (JsonParser json = Json.parser(in)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new StreamReadException(json, "not a JSON object");
            }
            for (String field = json.nextName(); field != null; field = json.nextName()) {
                JsonToken value = json.nextToken();
                if (field.equals("next")) {
                    last = value != JsonToken.VALUE_STRING;
                } else if (field.equals("results") && value == JsonToken.START_ARRAY) {
                    results(json, names);
                    isListing = true;
                } else if (field.equals("errors")) {
                    ListingPage.noErrors(json, value);
                } else {
                    json.skipChildren();
                }
            }
            if (!isListing || (names.isEmpty() && !last)) {
                throw new StreamReadException(json, "no names, although there should be some");
            }
        }
        return new Page(names, last);
    }

    private static void results(JsonParser json, List<String> names) {
        for (JsonToken token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
            if (token != JsonToken.START_OBJECT) {
                throw new StreamReadException(json, "a result that is not an object");
            }
            int before = names.size();
            for (String field = json.nextName(); field != null; field = json.nextName()) {
                JsonToken value = json.nextToken();
                if (field.equals("name") && value == JsonToken.VALUE_STRING) {
                    names.add(json.getString());
                } else {
                    json.skipChildren();
                }
            }
            if (names.size() == before) {
                throw new StreamReadException(json, "a result without a name");
            }
        }
    }
}
