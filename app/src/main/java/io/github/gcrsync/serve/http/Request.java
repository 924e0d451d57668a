package io.github.gcrsync.serve.http;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The head of a request. A body is never read.
 *
 * @param path decoded
 * @param query decoded; of a repeated name the first value
 * @param headers by name in lower case; of a repeated name the first value
 */
public record Request(
        String method, String path, Map<String, String> query, Map<String, String> headers, boolean isHttp11) {
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }

    public boolean isHead() {
        return method.equals("HEAD");
    }

    /** Whether another request may follow on the connection. */
    boolean keepsOpen() {
        return isHttp11
                && !headers.getOrDefault("connection", "")
                        .toLowerCase(Locale.ROOT)
                        .contains("close")
                && !headers.containsKey("transfer-encoding")
                && headers.getOrDefault("content-length", "0").equals("0");
    }
}
