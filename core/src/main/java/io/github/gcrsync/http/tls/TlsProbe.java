package io.github.gcrsync.http.tls;

import io.github.gcrsync.http.Request;
import io.github.gcrsync.http.Response;
import io.github.gcrsync.http.Transport;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.Set;

/** Finds out whether a registry on this machine speaks TLS, by a request without it that carries nothing. */
public final class TlsProbe {
    /** What a registry without TLS answers to {@code GET /v2/}. */
    private static final Set<Integer> PLAIN = Set.of(200, 401, 403, 404, 429);

    private final Transport transport;

    /** @param transport neither retries nor authenticates */
    public TlsProbe(Transport transport) {
        this.transport = transport;
    }

    /**
     * Servers with TLS answer 400 (Go's do, and nginx) or hang up, which a proxy between may turn into a status of its own.
     * So only a registry's own answer speaks for going without TLS. Who does not listen does neither.
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
