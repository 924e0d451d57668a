package io.github.gcrsync.serve.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The response to one request; without a body for HEAD. */
public final class Response {
    /** A short body is sent with its head, in one packet if possible. */
    private static final int SHORT = 32 << 10;

    private static final Map<Integer, String> REASONS = Map.of(
            200, "OK",
            206, "Partial Content",
            304, "Not Modified",
            400, "Bad Request",
            404, "Not Found",
            405, "Method Not Allowed",
            416, "Range Not Satisfiable",
            500, "Internal Server Error");

    /** RFC 9110, section 5.6.7. */
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final Wire wire;
    private final boolean isHead;
    private final Runnable step;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private int status;

    /** @param step called before each part of the response */
    Response(Wire wire, boolean isHead, Runnable step) {
        this.wire = wire;
        this.isHead = isHead;
        this.step = step;
    }

    public void header(String name, String value) {
        // Values may come from files: a line end would begin another field.
        headers.put(name, value.replaceAll("[^ -~]", "?"));
    }

    /** Returns the status that was sent; 0 before. */
    int status() {
        return status;
    }

    /** Sends a status without a body. */
    public void send(int code) throws IOException {
        write(head(code));
    }

    public void send(int code, String mediaType, byte[] body) throws IOException {
        content(mediaType, body.length);
        byte[] head = head(code);
        if (isHead) {
            write(head);
        } else if (body.length <= SHORT) {
            write(joined(head, body));
        } else {
            write(head);
            write(body);
        }
    }

    /** Sends a part of a file. */
    public void send(int code, String mediaType, FileChannel file, long from, long count) throws IOException {
        content(mediaType, count);
        byte[] head = head(code);
        if (isHead || count == 0) {
            write(head);
        } else if (count <= SHORT) {
            write(joined(head, Wire.read(file, from, Math.toIntExact(count))));
        } else {
            write(head);
            for (long sent = 0; sent < count; ) {
                step.run();
                long more = wire.send(file, from + sent, Math.min(count - sent, Wire.STEP));
                if (more <= 0) {
                    throw new EOFException("the file has become shorter");
                }
                sent += more;
            }
        }
    }

    private void content(String mediaType, long length) {
        header("Content-Type", mediaType);
        header("Content-Length", Long.toString(length));
    }

    private byte[] head(int code) {
        status = code;
        StringBuilder head = new StringBuilder(512)
                .append("HTTP/1.1 ")
                .append(code)
                .append(' ')
                .append(REASONS.getOrDefault(code, "Error"))
                .append("\r\nDate: ")
                .append(DATE.format(Instant.now()))
                .append("\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        return head.append("\r\n").toString().getBytes(ISO_8859_1);
    }

    private static byte[] joined(byte[] head, byte[] body) {
        byte[] all = Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, all, head.length, body.length);
        return all;
    }

    private void write(byte[] bytes) throws IOException {
        for (int at = 0; at < bytes.length; at += Wire.STEP) {
            step.run();
            wire.write(bytes, at, Math.min(Wire.STEP, bytes.length - at));
        }
    }
}
