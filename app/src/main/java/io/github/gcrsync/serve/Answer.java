package io.github.gcrsync.serve;

import com.sun.net.httpserver.HttpExchange;
import io.github.gcrsync.text.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The response to one request; without a body for HEAD. */
final class Answer {
    private static final int NO_BODY = -1;

    private final HttpExchange exchange;

    Answer(HttpExchange exchange) {
        this.exchange = exchange;
    }

    boolean isHead() {
        return exchange.getRequestMethod().equals("HEAD");
    }

    void header(String name, String value) {
        exchange.getResponseHeaders().set(name, value);
    }

    /** Sends the status and headers. */
    void start(int status, String mediaType, long length) throws IOException {
        header("Content-Type", mediaType);
        if (isHead()) {
            header("Content-Length", Long.toString(length));
        }
        // For this server, length 0 means a chunked body and -1 no body.
        exchange.sendResponseHeaders(status, isHead() || length == 0 ? NO_BODY : length);
    }

    void bytes(String mediaType, byte[] content) throws IOException {
        bytes(200, mediaType, content);
    }

    void json(String text) throws IOException {
        bytes("application/json", text.getBytes(StandardCharsets.UTF_8));
    }

    /** @param code from "Error Codes" of the OCI distribution specification */
    void error(int status, String code, String message) throws IOException {
        Map<String, String> error = new TreeMap<>(Map.of("code", code, "message", message));
        String text = Json.text(Map.of("errors", List.of(error)));
        bytes(status, "application/json", text.getBytes(StandardCharsets.UTF_8));
    }

    private void bytes(int status, String mediaType, byte[] content) throws IOException {
        start(status, mediaType, content.length);
        if (!isHead() && content.length > 0) {
            try (OutputStream body = exchange.getResponseBody()) {
                body.write(content);
            }
        }
    }
}
