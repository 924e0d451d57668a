package io.github.gcrsync.serve.http;

import java.io.IOException;

/** Answers requests; called by several threads. */
@FunctionalInterface
public interface Handler {
    /**
     * Sends exactly one response.
     *
     * @throws IOException if the client is gone, or a file cannot be read
     */
    void answer(Request request, Response response) throws IOException;
}
