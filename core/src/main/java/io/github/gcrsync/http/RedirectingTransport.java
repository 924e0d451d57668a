package io.github.gcrsync.http;

import java.io.IOException;
import java.net.URI;
import java.util.List;

/**
 * Follows redirects of GET and HEAD, as registries use them to hand blobs over to storage hosts. What is written follows
 * only within its host, and only where the redirect keeps the method (307, 308). The Authorization header stays with the
 * host it was meant for; a redirect never leads from HTTPS to HTTP, nor from a public host to an internal address.
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
            throw new RefusedException(request + " redirects to something that is no address");
        }
        String scheme = String.valueOf(to.getScheme());
        if (to.getHost() == null || !(scheme.equals("https") || scheme.equals("http"))) {
            throw new RefusedException(request + " redirects to something that is no HTTP address");
        }
        if (from.getScheme().equals("https") && scheme.equals("http")) {
            throw new RefusedException(request + " redirects from HTTPS to " + Addresses.printable(to)
                    + "; refused, since what comes from there could be anybody's");
        }
        if (Addresses.leadsInside(from, to)) {
            throw new RefusedException(request + " redirects to the internal address " + Addresses.printable(to)
                    + "; refused, since a public registry has no business there");
        }
        Request redirected = request.withUri(to);
        if (Addresses.sameOrigin(from, to)) {
            return redirected;
        }
        // The other host has names of its own for its repositories; if it wants a token, it says what for.
        return redirected
                .withHeaders(redirected.headers().without("Authorization"))
                .withScopes(List.of());
    }

    /** A 301 or 302 may turn a PUT into a GET (RFC 9110, section 15.4.3): nobody knows what is meant. */
    private static boolean isFollowed(Request request, int status, String location) {
        boolean reads = request.method().equals("GET") || request.method().equals("HEAD");
        return switch (status) {
            case 301, 302, 303 -> reads;
            case 307, 308 -> reads || staysAtHost(request.uri(), location);
            default -> false;
        };
    }

    /** A body may hold a secret (a token that renews tokens). */
    private static boolean staysAtHost(URI from, String location) {
        try {
            return Addresses.host(Addresses.resolve(from, location)).equals(Addresses.host(from));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
