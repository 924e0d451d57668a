package io.github.gcrsync.http;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * An HTTP request.
 *
 * @param scopes required permissions as Docker token scopes ({@code repository:a/b:pull}); used only by authentication
 * @param answerWithin how long the server may take to answer; empty for the transport's own limit
 * @param repeatable whether the request may be retried after a failure with an unknown outcome; not for bodies of
 *     uploads, because the server may have stored part of one
 * @param slotAt host whose slot the request already holds ({@code HostSlots}), also across redirects; empty if it must
 *     take one
 */
public record Request(
        String method,
        URI uri,
        Headers headers,
        Optional<RequestBody> body,
        List<String> scopes,
        Optional<Duration> answerWithin,
        boolean repeatable,
        Optional<String> slotAt) {
    public static Request get(URI uri) {
        return of("GET", uri);
    }

    public static Request of(String method, URI uri) {
        return new Request(
                method, uri, Headers.NONE, Optional.empty(), List.of(), Optional.empty(), true, Optional.empty());
    }

    public Request with(String header, String value) {
        return withHeaders(headers.withOnly(header, value));
    }

    public Request withHeaders(Headers other) {
        return new Request(method, uri, other, body, scopes, answerWithin, repeatable, slotAt);
    }

    public Request withUri(URI other) {
        return new Request(method, other, headers, body, scopes, answerWithin, repeatable, slotAt);
    }

    public Request withBody(RequestBody content) {
        return new Request(method, uri, headers, Optional.of(content), scopes, answerWithin, repeatable, slotAt);
    }

    public Request withScopes(List<String> needed) {
        return new Request(method, uri, headers, body, List.copyOf(needed), answerWithin, repeatable, slotAt);
    }

    public Request answeredWithin(Duration limit) {
        return new Request(method, uri, headers, body, scopes, Optional.of(limit), repeatable, slotAt);
    }

    public Request once() {
        return new Request(method, uri, headers, body, scopes, answerWithin, false, slotAt);
    }

    public Request withSlotAt(Optional<String> authority) {
        return new Request(method, uri, headers, body, scopes, answerWithin, repeatable, authority);
    }

    /** Method and address, without query and user, which may contain secrets. */
    @Override
    public String toString() {
        return method + " " + Addresses.printable(uri);
    }
}
