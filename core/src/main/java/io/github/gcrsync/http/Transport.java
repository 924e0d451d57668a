package io.github.gcrsync.http;

import java.io.IOException;

/**
 * Sends one request and returns when the head of the response has arrived. Every status is a response; an IOException
 * means there was none. Thread-safe.
 */
public interface Transport extends AutoCloseable {
    Response send(Request request) throws IOException;

    /** Closes all connections; requests in flight fail. */
    @Override
    default void close() {}
}
