package io.github.gcrsync.testkit;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * An answer to send.
 *
 * @param length of the body, -1 if unknown; the answer to a HEAD announces it without sending the body
 */
record Reply(int status, Headers headers, InputStream body, long length) {

    static Reply of(int status) {
        return new Reply(status, new Headers(), InputStream.nullInputStream(), 0);
    }

    Reply header(String name, String value) {
        headers.set(name, value);
        return this;
    }

    Reply body(String contentType, byte[] bytes) {
        headers.set("Content-Type", contentType);
        return body(new ByteArrayInputStream(bytes), bytes.length);
    }

    Reply body(InputStream bytes, long size) {
        return new Reply(status, headers, bytes, size);
    }

    Reply json(Object tree) {
        return body("application/json", Json.write(tree));
    }

    /** Creates an error in the format of the distribution specification. */
    static Reply error(int status, String code, String message) {
        return of(status).json(Map.of("errors", List.of(Map.of("code", code, "message", message))));
    }

    static Reply text(int status, String text) {
        return of(status).body("text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the answer with a body at this rate. */
    Reply throttledTo(long bytesPerSecond) {
        InputStream whole = body;
        return body(
                new InputStream() {
                    private final Throttle throttle = new Throttle(bytesPerSecond);

                    @Override
                    public int read() throws IOException {
                        byte[] one = new byte[1];
                        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
                    }

                    @Override
                    public int read(byte[] buffer, int from, int size) throws IOException {
                        int n = whole.read(buffer, from, throttle.step(size));
                        throttle.moved(n);
                        return n;
                    }

                    @Override
                    public void close() throws IOException {
                        whole.close();
                    }
                },
                length);
    }

    /** Returns the answer with a changed byte at this offset of its body. */
    Reply corruptedAt(long offset) {
        InputStream whole = body;
        return body(
                new InputStream() {
                    private long at;

                    @Override
                    public int read() throws IOException {
                        byte[] one = new byte[1];
                        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
                    }

                    @Override
                    public int read(byte[] buffer, int from, int size) throws IOException {
                        int n = whole.read(buffer, from, size);
                        if (n > 0 && offset >= at && offset < at + n) {
                            buffer[from + (int) (offset - at)] ^= 0x55;
                        }
                        at += Math.max(0, n);
                        return n;
                    }

                    @Override
                    public void close() throws IOException {
                        whole.close();
                    }
                },
                length);
    }
}
