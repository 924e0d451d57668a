package io.github.gcrsync.testkit;

import java.util.Map;

/**
 * One request and its answer as the server saw them.
 *
 * @param path without the query, as it was sent (percent-encoding kept)
 * @param query without the question mark; empty if there was none
 * @param status 0 while no answer was begun, and for connections that were reset without one
 * @param requestBytes body bytes read so far
 * @param responseBytes body bytes sent so far
 * @param headers the request's headers, names in lower case, several values joined by a comma; of Authorization only the
 *     scheme is kept
 */
public record Exchange(
        String method,
        String path,
        String query,
        int status,
        long requestBytes,
        long responseBytes,
        Map<String, String> headers) {

    public Exchange {
        headers = Map.copyOf(headers);
    }

    /** The header's value, empty if it was not sent. */
    public String header(String name) {
        return headers.getOrDefault(name.toLowerCase(java.util.Locale.ROOT), "");
    }

    @Override
    public String toString() {
        return "%s %s%s -> %d (%d bytes in, %d bytes out)"
                .formatted(method, path, query.isEmpty() ? "" : "?" + query, status, requestBytes, responseBytes);
    }
}
