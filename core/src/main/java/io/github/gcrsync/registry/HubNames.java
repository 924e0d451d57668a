package io.github.gcrsync.registry;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.registry.hosted.BoundedInput;
import io.github.gcrsync.text.Json;
import io.github.gcrsync.text.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamReadException;

/**
 * Lists the repositories of a Docker Hub namespace through the API of its web site, because the registry has no
 * catalog. A page is {@code {"count": 123, "next": URL or null, "results": [{"name": "nginx", ...}]}}, with at most 100
 * results (github.com/docker/docs/pull/23201).
 */
final class HubNames {
    private static final int PAGE = 100;
    private static final long LARGEST_PAGE = 1L << 20;

    private final RemoteRegistry registry;
    private final URI api;

    /** @param api address of the web site's API, without a path */
    HubNames(RemoteRegistry registry, URI api) {
        this.registry = registry;
        this.api = api;
    }

    private record Page(List<String> names, boolean last) {}

    /**
     * Returns the names without the namespace, as the API sends them, unchecked.
     *
     * @param most the limit above which the answer is rejected
     */
    List<String> of(RepositoryName namespace, int most) {
        List<String> all = new ArrayList<>();
        for (int number = 1; ; number++) {
            // Counts pages instead of following "next", which could point anywhere.
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
            throw new ContentException.Corrupt("the answer to " + request + " is not the expected JSON: "
                    + Printable.shortened(e.getOriginalMessage()));
        } catch (ContentException.NotFound e) {
            if (number == 1) {
                throw e;
            }
            throw new ContentException.Corrupt("page " + number + " of the list is missing: " + e.getMessage());
        }
    }

    private static Page read(InputStream in) throws IOException {
        if (!(Json.tree(in.readAllBytes()) instanceof Map<?, ?> page)
                || !(page.get("results") instanceof List<?> results)
                || (page.get("errors") instanceof List<?> errors && !errors.isEmpty())) {
            throw new StreamReadException(null, "it lists no names");
        }
        boolean last = !(page.get("next") instanceof String);
        List<String> names = new ArrayList<>();
        for (Object result : results) {
            if (!(result instanceof Map<?, ?> fields && fields.get("name") instanceof String name)) {
                throw new StreamReadException(null, "a result without a name");
            }
            names.add(name);
        }
        if (names.isEmpty() && !last) {
            throw new StreamReadException(null, "no names, although there should be some");
        }
        return new Page(names, last);
    }
}
