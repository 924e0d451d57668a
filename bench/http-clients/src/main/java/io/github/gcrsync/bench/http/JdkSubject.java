package io.github.gcrsync.bench.http;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** java.net.http of the JDK, on virtual threads. */
final class JdkSubject implements Subject {
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Duration stall;

    JdkSubject(Duration stall) {
        this.stall = stall;
    }

    @Override
    public void get(URI from, Reader reader) throws Exception {
        var response = client.send(
                HttpRequest.newBuilder(from).timeout(stall).build(), BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            Subject.expect(200, response.statusCode());
            reader.read(body);
        }
    }

    @Override
    public void put(URI to, InputStream body, long length) throws Exception {
        var publisher = BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(() -> body), length);
        var response = client.send(
                HttpRequest.newBuilder(to).timeout(stall).PUT(publisher).build(), BodyHandlers.discarding());
        Subject.expect(201, response.statusCode());
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
