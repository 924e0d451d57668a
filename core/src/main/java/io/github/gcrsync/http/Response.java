package io.github.gcrsync.http;

import java.io.IOException;
import java.io.InputStream;

/**
 * A response whose head is in and whose body is read as it comes. Whoever receives one closes it; closing before the
 * body's end gives the connection up, so short bodies are better read out.
 */
public interface Response extends AutoCloseable {
    int status();

    Headers headers();

    /**
     * The body; empty for HEAD. Where the request says nothing about Accept-Encoding and the server compresses all the same, it is
     * decompressed, and the headers have neither Content-Encoding nor Content-Length.
     */
    InputStream body() throws IOException;

    @Override
    void close();

    /** Another response with something of its own. */
    interface Wrapping extends Response {
        Response response();

        @Override
        default int status() {
            return response().status();
        }

        @Override
        default Headers headers() {
            return response().headers();
        }

        @Override
        default InputStream body() throws IOException {
            return response().body();
        }

        @Override
        default void close() {
            response().close();
        }
    }

    default boolean isSuccess() {
        return status() >= 200 && status() < 300;
    }

    /** Reads a short rest of the body, so that the connection can serve the next request, then closes. */
    default void discard() {
        try (this) {
            body().readNBytes(64 << 10);
        } catch (IOException e) {
            // The connection is broken and will not be used again; whoever discards has no use for the body.
        }
    }
}
