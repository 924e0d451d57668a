package io.github.gcrsync.http;

import java.io.IOException;

/**
 * Sends one request and returns when the response's head is in. Every status is a response; an IOException means there
 * was none. Safe for use by many threads.
 */
public interface Transport extends AutoCloseable {
    Response send(Request request) throws IOException;

    /** Ends idle connections; what is under way fails. */
    @Override
    default void close() {}
}
