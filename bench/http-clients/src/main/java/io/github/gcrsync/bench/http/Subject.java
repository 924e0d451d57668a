package io.github.gcrsync.bench.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.time.Duration;

/** An HTTP client under comparison. Each keeps connections alive, at most {@link #CONNECTIONS}, and speaks HTTP/1.1. */
interface Subject extends AutoCloseable {
    int CONNECTIONS = 128;

    int BUFFER = 64 * 1024;

    /** Reads the body of a GET to its end. */
    @FunctionalInterface
    interface Reader {
        void read(InputStream body) throws Exception;
    }

    /** Ends with an exception when no byte arrives for as long as the client's stall limit. */
    void get(URI from, Reader reader) throws Exception;

    /** Sends {@code length} bytes of {@code body}; an answer other than 201 is an error. */
    void put(URI to, InputStream body, long length) throws Exception;

    @Override
    void close();

    static Subject of(String name, Duration stall) {
        return switch (name) {
            case "apache" -> new ApacheSubject(stall);
            case "jdk" -> new JdkSubject(stall);
            case "jetty" -> new JettySubject(stall);
            case "okhttp" -> new OkHttpSubject(stall);
            default -> throw new IllegalArgumentException(name);
        };
    }

    static void expect(int wanted, int status) throws IOException {
        if (status != wanted) {
            throw new IOException("status " + status);
        }
    }

    static void pump(InputStream in, OutputStream out) throws IOException {
        byte[] buffer = new byte[BUFFER];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            out.write(buffer, 0, count);
        }
    }
}
