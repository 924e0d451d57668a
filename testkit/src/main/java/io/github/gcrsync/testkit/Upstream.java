package io.github.gcrsync.testkit;

import java.io.IOException;

/** The server to which a front forwards requests. */
final class Upstream implements AutoCloseable {
    private final String host;
    private final WireClient client;

    /** @param host HOST:PORT of a plain HTTP server */
    Upstream(String host) {
        this.host = host;
        this.client = new WireClient(host);
    }

    WireClient client() {
        return client;
    }

    /** @param front HOST:PORT that clients use; locations point to it */
    Reply passOn(Request request, String front) throws IOException {
        String target = request.query().isEmpty() ? request.path() : request.path() + "?" + request.query();
        long length = request.body().announced();
        // Forwards the client's Host, so that the registry's locations point here.
        Reply reply = client.send(request.method(), target, request.headers(), request.body(), length);
        String location = reply.headers().first("Location");
        if (location.startsWith("http://" + host + "/")) {
            reply.header("Location", location.replaceFirst("//[^/]+", "//" + front));
        }
        return reply;
    }

    @Override
    public void close() {
        client.close();
    }
}
