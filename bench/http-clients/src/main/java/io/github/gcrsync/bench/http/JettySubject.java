package io.github.gcrsync.bench.http;

import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.InputStreamRequestContent;
import org.eclipse.jetty.client.InputStreamResponseListener;
import org.eclipse.jetty.io.ByteBufferPool;

/** The client of Jetty 12 on its own threads, with its own redirects and decompression off. */
final class JettySubject implements Subject {
    private final HttpClient client = new HttpClient();
    private final Duration stall;

    JettySubject(Duration stall) {
        this.stall = stall;
        client.setMaxConnectionsPerDestination(CONNECTIONS);
        client.setFollowRedirects(false);
        client.setResponseBufferSize(BUFFER);
        try {
            client.start();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        client.getContentDecoderFactories().clear();
    }

    @Override
    public void get(URI from, Reader reader) throws Exception {
        var listener = new InputStreamResponseListener();
        client.newRequest(from).idleTimeout(stall.toMillis(), TimeUnit.MILLISECONDS).send(listener);
        var response = listener.get(stall.toMillis(), TimeUnit.MILLISECONDS);
        try (InputStream body = listener.getInputStream()) {
            Subject.expect(200, response.getStatus());
            reader.read(body);
        }
    }

    @Override
    public void put(URI to, InputStream body, long length) throws Exception {
        var buffers = new ByteBufferPool.Sized(client.getByteBufferPool(), true, BUFFER);
        var content = new InputStreamRequestContent("application/octet-stream", body, buffers) {
            @Override
            public long getLength() {
                return length;
            }
        };
        var response = client.newRequest(to)
                .method("PUT")
                .idleTimeout(stall.toMillis(), TimeUnit.MILLISECONDS)
                .body(content)
                .send();
        Subject.expect(201, response.getStatus());
    }

    @Override
    public void close() {
        try {
            client.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
