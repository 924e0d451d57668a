package io.github.gcrsync.http;

import java.io.IOException;
import java.io.InputStream;

/**
 * A response whose head has arrived and whose body is streamed. The receiver must close it; closing before the end of
 * the body drops the connection, so {@link #discard} short bodies.
 */
public interface Response extends AutoCloseable {
    int status();

    Headers headers();

    /**
     * The body; empty for HEAD. If the request has no Accept-Encoding and the server compresses anyway, the body is
     * decompressed, and Content-Encoding and Content-Length are removed from the headers.
     */
    InputStream body() throws IOException;

    @Override
    void close();

    /** Delegates to another response. */
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

    /** Reads a short rest of the body, so that the connection can be reused, and closes the response. */
    default void discard() {
        try (this) {
            body().readNBytes(64 << 10);
        } catch (IOException e) {
            // The connection is broken and not reused; the caller does not need the body.
        }
    }
}
