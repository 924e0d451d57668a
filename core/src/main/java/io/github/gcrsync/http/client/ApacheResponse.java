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

/** A response of Apache HttpClient; its body reads straight from the connection. */
final class ApacheResponse implements Response {
    private final ClassicHttpResponse response;
    private final Headers headers;
    private final boolean isDecoded;
    private @Nullable InputStream decoded;

    /** @param decodes whether a body that the server has compressed is given as it was before */
    ApacheResponse(ClassicHttpResponse response, boolean decodes) {
        this.response = response;
        Headers.Builder all = new Headers.Builder();
        for (Header header : response.getHeaders()) {
            all.add(header.getName(), header.getValue() == null ? "" : header.getValue());
        }
        Headers sent = all.build();
        this.isDecoded = decodes && Unzipped.isAnnounced(sent);
        // Both are about the bytes sent, also in the answer to a HEAD.
        this.headers = isDecoded ? sent.without("Content-Encoding").without("Content-Length") : sent;
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
     * Gives the connection up where the body was not read to its end. The library's own way to close a response or its
     * stream is to read all that is left, which a server can make last for ever.
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
            // Nothing was left to read; the connection is not used again.
        }
    }

    /** A body that only its response closes. */
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
