package io.github.gcrsync.testkit;

import java.util.Map;

/**
 * One request and its answer, as seen by the server.
 *
 * @param path as sent, percent-encoded, without the query
 * @param query without the question mark; may be empty
 * @param status 0 before an answer, and for connections that were reset without one
 * @param requestBytes body bytes read so far
 * @param responseBytes body bytes sent so far
 * @param headers the request's headers, with names in lower case and several values joined by commas; of Authorization
 *     only the scheme
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

    /** Returns the header's value, or "" if it was not sent. */
    public String header(String name) {
        return headers.getOrDefault(name.toLowerCase(java.util.Locale.ROOT), "");
    }

    @Override
    public String toString() {
        return "%s %s%s -> %d (%d bytes in, %d bytes out)"
                .formatted(method, path, query.isEmpty() ? "" : "?" + query, status, requestBytes, responseBytes);
    }
}
