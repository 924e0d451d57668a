package io.github.gcrsync.http;

import java.io.IOException;
import java.net.URI;
import java.util.List;

/**
 * Follows redirects of GET and HEAD, with which registries delegate blobs to storage hosts. Writes are redirected only
 * within their host, and only if the redirect keeps the method (307, 308). The Authorization header is not sent to
 * another host. Redirects from HTTPS to HTTP, and from a public host to an internal address, are refused.
 */
public final class RedirectingTransport implements Transport {
    private static final int MOST = 10;

    private final Transport next;

    public RedirectingTransport(Transport next) {
        this.next = next;
    }

    @Override
    public Response send(Request first) throws IOException {
        Request request = first;
        for (int followed = 0; ; followed++) {
            Response response = next.send(request);
            String location = response.headers().first("Location").orElse("");
            if (location.isEmpty() || !isFollowed(request, response.status(), location)) {
                return response;
            }
            response.discard();
            if (followed == MOST) {
                throw new RefusedException("more than " + MOST + " redirects from " + first);
            }
            request = redirected(request, location);
        }
    }

    @Override
    public void close() {
        next.close();
    }

    private static Request redirected(Request request, String location) throws IOException {
        URI from = request.uri();
        URI to;
        try {
            to = Addresses.resolve(from, location);
        } catch (IllegalArgumentException e) {
            throw new RefusedException(request + " redirects to an invalid address");
        }
        String scheme = String.valueOf(to.getScheme());
        if (to.getHost() == null || !(scheme.equals("https") || scheme.equals("http"))) {
            throw new RefusedException(request + " redirects to an address that is not HTTP");
        }
        if (from.getScheme().equals("https") && scheme.equals("http")) {
            throw new RefusedException(request + " redirects from HTTPS to " + Addresses.printable(to)
                    + "; refused, because the answer could be forged");
        }
        if (Addresses.leadsInside(from, to)) {
            throw new RefusedException(request + " redirects to the internal address " + Addresses.printable(to)
                    + "; refused, because a public registry must not redirect there");
        }
        Request redirected = request.withUri(to);
        if (Addresses.sameOrigin(from, to)) {
            return redirected;
        }
        // The other host may use other repository names; its challenge names the scope if it requires a token.
        return redirected
                .withHeaders(redirected.headers().without("Authorization"))
                .withScopes(List.of());
    }

    /** Does not follow 301 and 302 for writes: they may turn a PUT into a GET (RFC 9110, section 15.4.3). */
    private static boolean isFollowed(Request request, int status, String location) {
        boolean reads = request.method().equals("GET") || request.method().equals("HEAD");
        return switch (status) {
            case 301, 302, 303 -> reads;
            case 307, 308 -> reads || staysAtHost(request.uri(), location);
            default -> false;
        };
    }

    /** Writes must stay at the host, because a body may contain a secret (a refresh token). */
    private static boolean staysAtHost(URI from, String location) {
        try {
            return Addresses.host(Addresses.resolve(from, location)).equals(Addresses.host(from));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
