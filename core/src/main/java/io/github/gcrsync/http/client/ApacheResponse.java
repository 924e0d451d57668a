package io.github.gcrsync.http.client;

import io.github.gcrsync.http.Headers;
import io.github.gcrsync.http.Response;
import io.github.gcrsync.http.Unzipped;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.io.ModalCloseable;
import org.jspecify.annotations.Nullable;

/** A response of Apache HttpClient; its body is streamed from the connection. */
final class ApacheResponse implements Response {
    private final ClassicHttpResponse response;
    private final Headers headers;
    private final boolean isDecoded;
    private @Nullable InputStream decoded;

    /** @param decodes whether to decompress a compressed body */
    ApacheResponse(ClassicHttpResponse response, boolean decodes) {
        this.response = response;
        Headers.Builder all = new Headers.Builder();
        for (Header header : response.getHeaders()) {
            all.add(header.getName(), header.getValue() == null ? "" : header.getValue());
        }
        Headers received = all.build();
        this.isDecoded = decodes && Unzipped.isAnnounced(received);
        // Both describe the encoded bytes, also in the answer to a HEAD.
        this.headers = isDecoded ? received.without("Content-Encoding").without("Content-Length") : received;
    }

    @Override
    public int status() {
        return response.getCode();
    }

    @Override
    public Headers headers() {
        return headers;
    }

    @Override
    public InputStream body() throws IOException {
        HttpEntity entity = response.getEntity();
        InputStream content = entity == null ? null : entity.getContent();
        if (content == null) {
            return InputStream.nullInputStream();
        }
        if (!isDecoded) {
            return new Unclosed(content);
        }
        InputStream known = decoded;
        if (known == null) {
            known = new Unclosed(Unzipped.of(content));
            decoded = known;
        }
        return known;
    }

    /**
     * Drops the connection if the body was not read completely. The library's own close reads the rest, which a server
     * can extend forever.
     */
    @Override
    public void close() {
        if (response instanceof ModalCloseable open) {
            open.close(CloseMode.IMMEDIATE);
            return;
        }
        try {
            response.close();
        } catch (IOException e) {
            // Nothing was left to read; the connection is not reused.
        }
    }

    /** A body that is closed only by its response. */
    private static final class Unclosed extends FilterInputStream {
        Unclosed(InputStream in) {
            super(in);
        }

        @Override
        public void close() {
            // See ApacheResponse.close.
        }
    }
}
