package io.github.gcrsync.http.client;

import io.github.gcrsync.http.Addresses;
import io.github.gcrsync.http.RefusedException;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.http.Response;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLSession;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.jspecify.annotations.Nullable;

/** Distinguishes the responses of a proxy from those of the server behind it. */
final class ProxyAnswers {
    private ProxyAnswers() {}

    /** Throws a proxy's refusal as an exception: it must not be taken for the server's response. */
    static Response checked(
            ClassicHttpResponse message, Request request, Optional<Proxy> proxy, HttpClientContext context)
            throws IOException {
        Response response = new ApacheResponse(
                message, request.headers().first("Accept-Encoding").isEmpty());
        if (proxy.isEmpty()) {
            return response;
        }
        if (response.status() == 407) {
            response.close();
            throw new RefusedException("the proxy " + proxy.get() + " requires other credentials (HTTP 407)");
        }
        if (request.uri().getScheme().equals("https") && !isWithTarget(context.getSSLSession(), request.uri())) {
            response.close();
            String what = "the proxy " + proxy.get() + " does not connect to " + Addresses.authority(request.uri())
                    + " (HTTP " + response.status() + ")";
            // A proxy that forbids a host will forbid it again.
            boolean permanent =
                    response.status() / 100 == 4 && !Set.of(408, 425, 429).contains(response.status());
            throw permanent ? new RefusedException(what) : new IOException(what);
        }
        return response;
    }

    /**
     * Whether the TLS session is with the target, not with a proxy that itself uses TLS. The session's host is the name
     * that the certificate was verified for; its port is that of the socket, which may be the proxy's.
     */
    private static boolean isWithTarget(@Nullable SSLSession session, URI uri) {
        return session != null && Addresses.host(uri).equalsIgnoreCase(session.getPeerHost());
    }
}
