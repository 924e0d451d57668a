package gcrsync.registry;

import gcrsync.content.ContentException;
import gcrsync.http.Addresses;
import gcrsync.http.Request;
import gcrsync.http.Response;
import gcrsync.oci.Digest;
import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where an upload is to go on, as the registry's last answer said ("Pushing a blob in chunks").
 *
 * @param location changes with every answer; opaque, and may carry a query that has to be kept
 * @param leastChunk OCI-Chunk-Min-Length in bytes, 0 if the registry did not name one
 */
record UploadSession(URI location, long leastChunk) {
    private static final Pattern RANGE = Pattern.compile("(?:bytes=)?0-(\\d{1,18})");

    /** From the answer to the POST that began it. */
    static UploadSession opened(Request request, Response response) {
        String least = response.headers().first("OCI-Chunk-Min-Length").orElse("");
        return new UploadSession(location(request, response), least.matches("\\d{1,10}") ? Long.parseLong(least) : 0);
    }

    /** After another answer; not all of them say where to go on, and then it is where it was. */
    UploadSession after(Request request, Response response) {
        return response.headers().first("Location").isEmpty()
                ? this
                : new UploadSession(location(request, response), leastChunk);
    }

    /** How many bytes the registry says that it has; {@code 0-0} may be one byte or none, and so says nothing. */
    static Optional<Long> held(Response response) {
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

    /** The upload session's address; it may be relative, and it may carry a query that has to be kept. */
    private static URI location(Request request, Response response) {
        String location = response.headers().first("Location").orElse("");
        try {
            // A fragment is never sent, and what follows it would not be either.
            URI session = Addresses.resolve(request.uri(), location.replaceFirst("#.*", ""));
            if (location.isEmpty() || session.getHost() == null || Addresses.leadsInside(request.uri(), session)) {
                throw new IllegalArgumentException();
            }
            boolean downgraded = request.uri().getScheme().equals("https") && !"https".equals(session.getScheme());
            if (!downgraded) {
                return session;
            }
            if (Addresses.host(session).equals(Addresses.host(request.uri()))) {
                // A registry behind a TLS proxy that does not know its own scheme: the proxy is where we came from.
                URI own = request.uri();
                String query = session.getRawQuery() == null ? "" : "?" + session.getRawQuery();
                return URI.create("https://" + own.getRawAuthority() + session.getRawPath() + query);
            }
        } catch (IllegalArgumentException e) {
            // Refused below in words.
        }
        throw new ContentException.Corrupt(request + " was answered without a usable upload location");
    }
}
