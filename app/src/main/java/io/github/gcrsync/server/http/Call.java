package io.github.gcrsync.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import io.github.gcrsync.text.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A request and its answer. */
final class Call {
    private static final int LONGEST_QUERY = 4096;

    private final HttpExchange exchange;
    private final TimeLimit limit;

    /** @param limit of the sending of the answer */
    Call(HttpExchange exchange, TimeLimit limit) {
        this.exchange = exchange;
        this.limit = limit;
    }

    String method() {
        return exchange.getRequestMethod();
    }

    boolean isRead() {
        return method().equals("GET") || method().equals("HEAD");
    }

    /** Returns the decoded path. */
    String path() {
        String path = exchange.getRequestURI().getPath();
        return path == null ? "" : path;
    }

    /** Returns a header field of the request. */
    Optional<String> header(String name) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
    }

    /** Returns the first value of a parameter; empty if it is missing, blank or malformed. */
    String parameter(String name) {
        String query = exchange.getRequestURI().getRawQuery();
        if (query == null || query.length() > LONGEST_QUERY) {
            return "";
        }
        return Stream.of(query.split("&"))
                .filter(pair -> pair.startsWith(name + "="))
                .map(pair -> decoded(pair.substring(name.length() + 1)))
                .findFirst()
                .orElse("");
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, UTF_8).strip();
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /** Sets a header of the answer, which has a line for each value. */
    void set(String header, String... values) {
        exchange.getResponseHeaders().put(header, List.of(values));
    }

    void json(int status, Map<String, ?> fields) throws IOException {
        answer(status, "application/json", Json.text(fields) + "\n");
    }

    void json(Stream<? extends Map<String, ? extends @Nullable Object>> list) throws IOException {
        answer(
                200,
                "application/json",
                list.map(fields -> Json.text(fields)).collect(Collectors.joining(",", "[", "]\n")));
    }

    void error(int status, String words) throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("error", words);
        json(status, fields);
    }

    void answer(int status, String type, String text) throws IOException {
        answer(
                status,
                type + (type.startsWith("text/") && !type.contains(";") ? "; charset=utf-8" : ""),
                text.getBytes(UTF_8));
    }

    private void answer(int status, String type, byte[] body) throws IOException {
        set("Content-Type", type);
        boolean isEmpty = method().equals("HEAD") || body.length == 0;
        try (var _ = limit.begin()) {
            exchange.sendResponseHeaders(status, isEmpty ? -1 : body.length);
            if (!isEmpty) {
                try (OutputStream out = exchange.getResponseBody()) {
                    out.write(body);
                }
            }
        }
    }

    /** Sends a browser to another page of the server. */
    void seeOther(String path) throws IOException {
        set("Location", path);
        answer(303, "text/plain", "");
    }

    /** Begins an answer without an end. */
    OutputStream stream(String type) throws IOException {
        set("Content-Type", type);
        try (var _ = limit.begin()) {
            exchange.sendResponseHeaders(200, 0);
        }
        return exchange.getResponseBody();
    }
}
