package io.github.gcrsync.auth;

import io.github.gcrsync.http.Headers;
import io.github.gcrsync.http.Response;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * A refusal, 401 or 403, with its body in memory, so that its connection is free again. If many requests held a
 * connection while they wait for a token, none might be left for the request that fetches it.
 */
final class Refusal implements Response {
    private static final int LARGEST = 16 << 10;

    private final int status;
    private final Headers headers;
    private final byte[] content;

    private Refusal(int status, Headers headers, byte[] content) {
        this.status = status;
        this.headers = headers;
        this.content = content;
    }

    static Refusal read(Response response) {
        byte[] content;
        try {
            content = response.body().readNBytes(LARGEST);
        } catch (IOException e) {
            content = new byte[0]; // Status and challenge are sufficient.
        }
        response.discard();
        return new Refusal(response.status(), response.headers(), content);
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public Headers headers() {
        return headers;
    }

    @Override
    public InputStream body() {
        return new ByteArrayInputStream(content);
    }

    @Override
    public void close() {
        // The connection is already released.
    }
}
