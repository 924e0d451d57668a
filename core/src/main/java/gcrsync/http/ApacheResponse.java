package gcrsync.http;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;

/** A response of Apache HttpClient; its body reads straight from the connection. */
final class ApacheResponse implements Response {
    private final ClassicHttpResponse response;
    private final Headers headers;

    ApacheResponse(ClassicHttpResponse response) {
        this.response = response;
        Headers.Builder all = new Headers.Builder();
        for (Header header : response.getHeaders()) {
            all.add(header.getName(), header.getValue() == null ? "" : header.getValue());
        }
        this.headers = all.build();
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
        return entity == null ? InputStream.nullInputStream() : entity.getContent();
    }

    @Override
    public void close() {
        try {
            response.close();
        } catch (IOException e) {
            // Nothing was left to read; the connection is not used again.
        }
    }
}
