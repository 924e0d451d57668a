package io.github.gcrsync.bench.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okio.BufferedSink;

/** OkHttp 5, with its own retries and redirects off. */
final class OkHttpSubject implements Subject {
    private final OkHttpClient client;

    OkHttpSubject(Duration stall) {
        client = new OkHttpClient.Builder()
                .protocols(List.of(Protocol.HTTP_1_1))
                .connectionPool(new ConnectionPool(CONNECTIONS, 5, TimeUnit.MINUTES))
                .readTimeout(stall)
                .writeTimeout(stall)
                .retryOnConnectionFailure(false)
                .followRedirects(false)
                .build();
    }

    @Override
    public void get(URI from, Reader reader) throws Exception {
        try (var response =
                client.newCall(new Request.Builder().url(from.toString()).build()).execute()) {
            Subject.expect(200, response.code());
            reader.read(response.body().byteStream());
        }
    }

    @Override
    public void put(URI to, InputStream body, long length) throws Exception {
        var request = new Request.Builder()
                .url(to.toString())
                .put(new Body(body, length))
                .build();
        try (var response = client.newCall(request).execute()) {
            Subject.expect(201, response.code());
        }
    }

    @Override
    public void close() {
        client.dispatcher().cancelAll();
        client.connectionPool().evictAll();
    }

    private static final class Body extends RequestBody {
        private final InputStream content;
        private final long length;

        Body(InputStream content, long length) {
            this.content = content;
            this.length = length;
        }

        @Override
        public MediaType contentType() {
            return MediaType.get("application/octet-stream");
        }

        @Override
        public long contentLength() {
            return length;
        }

        @Override
        public boolean isOneShot() {
            return true;
        }

        @Override
        public void writeTo(BufferedSink sink) throws IOException {
            Subject.pump(content, sink.outputStream());
        }
    }
}
