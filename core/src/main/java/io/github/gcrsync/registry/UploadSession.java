package io.github.gcrsync.registry;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.http.Addresses;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.http.Response;
import io.github.gcrsync.oci.Digest;
import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An upload session, as of the registry's last answer ("Pushing a blob in chunks").
 *
 * @param location changes with every answer; opaque, and may have a query, which must be kept
 * @param leastChunk OCI-Chunk-Min-Length in bytes, 0 if the registry sent none
 */
record UploadSession(URI location, long leastChunk) {
    private static final Pattern RANGE = Pattern.compile("(?:bytes=)?0-(\\d{1,18})");

    /** Reads the answer to the POST that opened the session. */
    static UploadSession opened(Request request, Response response) {
        return new UploadSession(
                location(request, response), leastChunk(response).orElse(0L));
    }

    /**
     * Restores a recorded session.
     *
     * @param registry address of the registry
     */
    static Optional<UploadSession> remembered(URI registry, String location) {
        return location(registry, location).map(usable -> new UploadSession(usable, 0));
    }

    /** Updates the session from another answer; without a new location, the session keeps its own. */
    UploadSession after(Request request, Response response) {
        return new UploadSession(
                response.headers().first("Location").isEmpty() ? location : location(request, response),
                leastChunk(response).orElse(leastChunk));
    }

    private static Optional<Long> leastChunk(Response response) {
        return response.headers()
                .first("OCI-Chunk-Min-Length")
                .filter(least -> least.matches("\\d{1,10}"))
                .map(Long::valueOf);
    }

    /** Returns the number of bytes that the registry reports; {@code 0-0} may mean one byte or none, and is ignored. */
    static Optional<Long> receivedBytes(Response response) {
        Matcher range = RANGE.matcher(response.headers().first("Range").orElse(""));
        return range.matches() && !range.group(1).equals("0")
                ? Optional.of(Long.parseLong(range.group(1)) + 1)
                : Optional.empty();
    }

    URI closing(Digest digest) {
        String query = location.getRawQuery() == null ? "" : location.getRawQuery() + "&";
        String text = location.toString();
        int end = text.indexOf('?');
        return URI.create((end < 0 ? text : text.substring(0, end)) + "?" + query + "digest=" + digest);
    }

    /** Resolves the session's location, which may be relative and may have a query, which must be kept. */
    private static URI location(Request request, Response response) {
        return location(request.uri(), response.headers().first("Location").orElse(""))
                .orElseThrow(
                        () -> new ContentException.Corrupt(request + " was answered without a usable upload location"));
    }

    private static Optional<URI> location(URI own, String location) {
        try {
            // A fragment is never sent, nor would be text appended to it.
            URI session = Addresses.resolve(own, location.replaceFirst("#.*", ""));
            if (location.isEmpty() || session.getHost() == null || Addresses.leadsInside(own, session)) {
                return Optional.empty();
            }
            boolean downgraded = own.getScheme().equals("https") && !"https".equals(session.getScheme());
            if (!downgraded) {
                return Optional.of(session);
            }
            if (Addresses.host(session).equals(Addresses.host(own))) {
                // A registry behind a TLS proxy may not know its own scheme: use the address of this request.
                String query = session.getRawQuery() == null ? "" : "?" + session.getRawQuery();
                return Optional.of(URI.create("https://" + own.getRawAuthority() + session.getRawPath() + query));
            }
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
