package io.github.gcrsync.serve.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the heads of requests (RFC 9112, sections 2 to 5). */
final class RequestReader {
    /** Tokens that clients send to other registries have up to 8 KiB. */
    private static final int LONGEST = 32 << 10;

    private static final Pattern START = Pattern.compile("([A-Z]{1,32}) ([!-~]++) HTTP/([0-9])\\.([0-9])");
    private static final Pattern FIELD = Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]++):[ \\t]*+(.*)");
    private static final Pattern ORIGIN = Pattern.compile("^(?i:https?)://[^/?]*+");

    private final InputStream in;
    private int left;

    /** @param in buffered */
    RequestReader(InputStream in) {
        this.in = in;
    }

    /**
     * Waits for a request.
     *
     * @param begun called at its first byte
     * @return empty if the client closes the connection instead
     */
    Optional<Request> next(Runnable begun) throws IOException, BadRequestException {
        left = LONGEST;
        int first = in.read();
        begun.run();
        // An empty line may precede a request (section 2.2).
        while (first == '\r' || first == '\n') {
            first = counted();
        }
        if (first < 0) {
            return Optional.empty();
        }
        if (first < 'A' || first > 'Z') {
            // Such as the hello of TLS, which no line end would follow: clients try TLS first, and wait for an answer.
            throw new BadRequestException(400, "not an HTTP request; this registry does not use TLS");
        }
        Matcher start = START.matcher(line(first, 414));
        if (!start.matches()) {
            throw new BadRequestException(400, "not an HTTP request");
        }
        if (!start.group(3).equals("1")) {
            throw new BadRequestException(505, "this registry speaks HTTP/1.1");
        }
        boolean isHttp11 = !start.group(4).equals("0");
        Map<String, String> headers = headers();
        if (isHttp11 && !headers.containsKey("host")) {
            throw new BadRequestException(400, "a request without Host");
        }
        return Optional.of(request(start.group(1), start.group(2), headers, isHttp11));
    }

    private static Request request(String method, String target, Map<String, String> headers, boolean isHttp11)
            throws BadRequestException {
        String[] parts = ORIGIN.matcher(target).replaceFirst("").split("\\?", 2);
        try {
            // A plus is a space only in the query.
            String path = URLDecoder.decode(parts[0].replace("+", "%2B"), UTF_8);
            Map<String, String> query = new HashMap<>();
            for (String pair : parts.length > 1 ? parts[1].split("&") : new String[0]) {
                String[] words = pair.split("=", 2);
                query.putIfAbsent(
                        URLDecoder.decode(words[0], UTF_8), words.length > 1 ? URLDecoder.decode(words[1], UTF_8) : "");
            }
            return new Request(method, path, query, headers, isHttp11);
        } catch (IllegalArgumentException e) {
            throw new BadRequestException(400, "an invalid escape");
        }
    }

    private Map<String, String> headers() throws IOException, BadRequestException {
        Map<String, String> headers = new HashMap<>();
        for (String line = line(counted(), 431); !line.isEmpty(); line = line(counted(), 431)) {
            Matcher field = FIELD.matcher(line);
            if (!field.matches()) {
                throw new BadRequestException(400, "an invalid header field");
            }
            headers.putIfAbsent(
                    field.group(1).toLowerCase(Locale.ROOT), field.group(2).strip());
        }
        return headers;
    }

    /** @param status for a line that is too long */
    private String line(int first, int status) throws IOException, BadRequestException {
        StringBuilder line = new StringBuilder();
        for (int next = first; next != '\n'; next = counted()) {
            if (next < 0) {
                throw new EOFException("the request ends within a line");
            }
            if (left == 0) {
                throw new BadRequestException(status, "a request of more than " + (LONGEST >> 10) + " KiB");
            }
            line.append((char) next);
        }
        int length = line.length();
        return line.substring(0, length > 0 && line.charAt(length - 1) == '\r' ? length - 1 : length);
    }

    private int counted() throws IOException {
        left = Math.max(0, left - 1);
        return in.read();
    }
}
