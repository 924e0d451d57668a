package io.github.gcrsync.testkit;

import java.io.IOException;

/** The server behind one that passes requests on. */
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

    /** @param front HOST:PORT where clients think the server is: locations lead there */
    Reply passOn(Request request, String front) throws IOException {
        String target = request.query().isEmpty() ? request.path() : request.path() + "?" + request.query();
        long length = request.body().announced();
        // The client's Host goes along, so that the registry writes locations that lead here.
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
