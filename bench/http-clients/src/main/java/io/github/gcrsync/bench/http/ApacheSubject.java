package io.github.gcrsync.bench.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.time.Duration;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPut;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;

/** Apache HttpClient 5, classic: blocking sockets, with its own retries, redirects and decompression off. */
final class ApacheSubject implements Subject {
    private final CloseableHttpClient client;

    ApacheSubject(Duration stall) {
        client = HttpClientBuilder.create()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setMaxConnTotal(CONNECTIONS)
                        .setMaxConnPerRoute(CONNECTIONS)
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setSocketTimeout(Timeout.of(stall))
                                .build())
                        .build())
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .disableContentCompression()
                .disableCookieManagement()
                .disableAuthCaching()
                .build();
    }

    @Override
    public void get(URI from, Reader reader) throws Exception {
        try (var response = client.executeOpen(null, new HttpGet(from), null)) {
            Subject.expect(200, response.getCode());
            reader.read(response.getEntity().getContent());
        }
    }

    @Override
    public void put(URI to, InputStream body, long length) throws Exception {
        var request = new HttpPut(to);
        request.setEntity(new Body(body, length));
        try (var response = client.executeOpen(null, request, null)) {
            Subject.expect(201, response.getCode());
        }
    }

    @Override
    public void close() {
        client.close(CloseMode.IMMEDIATE);
    }

    /** The client's own stream entity copies by 4 KiB. */
    private static final class Body extends AbstractHttpEntity {
        private final InputStream content;
        private final long length;

        Body(InputStream content, long length) {
            super(ContentType.APPLICATION_OCTET_STREAM, null);
            this.content = content;
            this.length = length;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            Subject.pump(content, out);
        }

        @Override
        public long getContentLength() {
            return length;
        }

        @Override
        public InputStream getContent() {
            return content;
        }

        @Override
        public boolean isRepeatable() {
            return false;
        }

        @Override
        public boolean isStreaming() {
            return true;
        }

        @Override
        public void close() {}
    }
}
