package io.github.gcrsync.git.transport;

import io.github.gcrsync.http.Headers;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.http.RequestBody;
import io.github.gcrsync.http.Response;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;
import org.eclipse.jgit.transport.http.HttpConnection;
import org.eclipse.jgit.util.TemporaryBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP connection for JGit over the transport that is also used for registries, with the same proxies, certificate
 * authorities and timeouts. JGit's own settings for these have no effect.
 */
final class GitConnection implements HttpConnection, AutoCloseable {
    /** Larger pushes are buffered in a file until their length is known; most are a few KiB. */
    private static final int IN_MEMORY = 1 << 20;

    private final URL url;
    private final io.github.gcrsync.http.Transport http;
    private final boolean trusted;
    private String method = "GET";
    private Headers headers = Headers.NONE;
    private TemporaryBuffer.@Nullable LocalFile body;
    private @Nullable Response response;

    /** @param trusted whether to send credentials to the server */
    GitConnection(URL url, io.github.gcrsync.http.Transport http, boolean trusted) {
        this.url = url;
        this.http = http;
        this.trusted = trusted;
    }

    @Override
    public void setRequestMethod(String name) throws ProtocolException {
        method = name;
    }

    @Override
    public String getRequestMethod() {
        return method;
    }

    @Override
    public void setRequestProperty(String name, String value) {
        if (trusted || (!name.equalsIgnoreCase("Authorization") && !name.equalsIgnoreCase("Cookie"))) {
            headers = headers.withOnly(name, value);
        }
    }

    @Override
    public OutputStream getOutputStream() {
        TemporaryBuffer.LocalFile buffer = new TemporaryBuffer.LocalFile(null, IN_MEMORY);
        body = buffer;
        return buffer;
    }

    @Override
    public void connect() throws IOException {
        answer();
    }

    private Response answer() throws IOException {
        Response known = response;
        if (known != null) {
            return known;
        }
        Response received = http.send(request());
        response = received;
        if (received.status() != HTTP_OK) {
            received.discard(); // JGit does not read unexpected responses, which would leak the connection.
        }
        return received;
    }

    private Request request() throws IOException {
        try {
            Request request = Request.of(method, new URI(url.toString())).withHeaders(headers);
            TemporaryBuffer.LocalFile written = body;
            return written == null ? request : request.withBody(new Written(written));
        } catch (URISyntaxException e) {
            throw new IOException("not an address: " + e.getReason(), e);
        }
    }

    private record Written(TemporaryBuffer.LocalFile buffer) implements RequestBody {
        @Override
        public long length() {
            return buffer.length();
        }

        @Override
        public InputStream open() throws IOException {
            return buffer.openInputStream();
        }
    }

    @Override
    public int getResponseCode() throws IOException {
        return answer().status();
    }

    /** Follows the number in messages; JGit has its own text for "not found". */
    @Override
    public String getResponseMessage() throws IOException {
        return getResponseCode() == HTTP_NOT_FOUND ? "" : "(HTTP status)";
    }

    @Override
    public InputStream getInputStream() throws IOException {
        Response answer = answer();
        return answer.status() != HTTP_OK
                ? InputStream.nullInputStream()
                : new FilterInputStream(answer.body()) {
                    @Override
                    public void close() {
                        answer.discard();
                    }
                };
    }

    @Override
    public Map<String, List<String>> getHeaderFields() {
        Map<String, List<String>> fields = new LinkedHashMap<>();
        received().forEach((name, value) -> fields.putIfAbsent(name, received().all(name)));
        return fields;
    }

    @Override
    public List<String> getHeaderFields(String name) {
        return received().all(name);
    }

    @Override
    @SuppressWarnings("NullAway") // JGit's contract for a field that is not there
    public String getHeaderField(String name) {
        return received().first(name).orElse(null);
    }

    @Override
    @SuppressWarnings("NullAway") // as above
    public String getContentType() {
        return getHeaderField("Content-Type");
    }

    @Override
    public int getContentLength() {
        return received()
                .first("Content-Length")
                .filter(text -> text.matches("\\d{1,9}"))
                .map(Integer::valueOf)
                .orElse(-1);
    }

    private Headers received() {
        Response known = response;
        return known == null ? Headers.NONE : known.headers();
    }

    @Override
    public URL getURL() {
        return url;
    }

    /** Closes what JGit has not read to the end. */
    @Override
    public void close() throws IOException {
        Response known = response;
        if (known != null) {
            known.close();
        }
        TemporaryBuffer.LocalFile written = body;
        if (written != null) {
            written.destroy();
        }
    }

    @Override
    public boolean usingProxy() {
        return false;
    }

    // These setters do nothing. The transport has its own timeouts, and the flags decide about trust, whatever the
    // repository's http.sslVerify says. There are no caches, JGit follows redirects itself, every request with output
    // has a body, and its length is known once it is written.

    @Override
    public void setUseCaches(boolean use) {}

    @Override
    public void setConnectTimeout(int millis) {}

    @Override
    public void setReadTimeout(int millis) {}

    @Override
    public void setInstanceFollowRedirects(boolean follow) {}

    @Override
    public void setDoOutput(boolean output) {}

    @Override
    public void setFixedLengthStreamingMode(int length) {}

    @Override
    public void setChunkedStreamingMode(int length) {}

    @Override
    public void configure(
            KeyManager @Nullable [] own, TrustManager @Nullable [] trust, @Nullable SecureRandom random) {}

    @Override
    public void setHostnameVerifier(HostnameVerifier verifier) {}
}
