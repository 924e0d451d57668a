package io.github.gcrsync.http.tls;

import io.github.gcrsync.http.Request;
import io.github.gcrsync.http.Response;
import io.github.gcrsync.http.Transport;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.Set;

/** Detects whether a registry on this machine speaks TLS, by a plain HTTP request without secrets. */
public final class TlsProbe {
    /** The answers of a registry without TLS to {@code GET /v2/}. */
    private static final Set<Integer> PLAIN = Set.of(200, 401, 403, 404, 429);

    private final Transport transport;

    /** @param transport must neither retry nor authenticate */
    public TlsProbe(Transport transport) {
        this.transport = transport;
    }

    /**
     * TLS servers answer 400 (Go, nginx) or close the connection, which a proxy may turn into its own status. Therefore
     * only a registry's typical answer means no TLS. Without a server the result is false.
     */
    public boolean speaksTls(String host) {
        try (Response response = transport.send(Request.get(URI.create("http://" + host + "/v2/")))) {
            return !PLAIN.contains(response.status());
        } catch (ConnectException | SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
