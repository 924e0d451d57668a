package io.github.gcrsync.testkit;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * A request of a client.
 *
 * @param path as sent, without the query
 * @param query as sent; may be empty
 */
record Request(String method, String path, String query, Headers headers, RequestBody body) {

    /** Returns the first value of a query parameter, decoded, or "". */
    String parameter(String name) {
        return parameters(name).stream().findFirst().orElse("");
    }

    List<String> parameters(String name) {
        return parameters(query, name);
    }

    static List<String> parameters(String encoded, String name) {
        return Arrays.stream(encoded.split("&"))
                .map(pair -> pair.split("=", 2))
                .filter(pair -> pair.length == 2 && pair[0].equals(name))
                .map(pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8))
                .toList();
    }

    boolean has(String name) {
        return !parameters(name).isEmpty();
    }
}
