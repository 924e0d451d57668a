package io.github.gcrsync.auth;

import io.github.gcrsync.http.Addresses;
import io.github.gcrsync.http.RefusedException;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.http.RequestBody;
import io.github.gcrsync.http.Response;
import io.github.gcrsync.http.Transport;
import io.github.gcrsync.text.Json;
import io.github.gcrsync.text.Printable;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/**
 * Requests tokens from a registry's token service: by GET (distribution's token specification), or for identity tokens
 * by POST (distribution's OAuth2 specification).
 */
final class TokenService {
    /** No server accepts a longer header, and a run keeps thousands of tokens. */
    private static final int LONGEST_TOKEN = 16 << 10;

    private static final int LARGEST_ANSWER = 1 << 20;
    /** The token specification's default for a service that names no lifetime. */
    private static final long DEFAULT_SECONDS = 60;

    private final Transport transport;
    private final InstantSource clock;

    TokenService(Transport transport, InstantSource clock) {
        this.transport = transport;
        this.clock = clock;
    }

    Token request(URI registry, Challenge challenge, List<String> scopes, Optional<Credential> credential)
            throws IOException {
        URI realm = realm(registry, challenge);
        Request request = credential.filter(Credential::identityToken).isPresent()
                ? refresh(realm, challenge, scopes, credential.get())
                : login(realm, challenge, scopes, credential);
        try (Response response = transport.send(request)) {
            byte[] body = response.body().readNBytes(LARGEST_ANSWER);
            if (!response.isSuccess()) {
                // OAuth2 (RFC 6749, section 5.2) answers a refused refresh token with 400.
                boolean refreshTokenRefused = response.status() == 400
                        && credential.filter(Credential::identityToken).isPresent();
                throw new AuthenticationException(
                        refreshTokenRefused ? 401 : response.status(),
                        refusal(registry, realm, response.status(), credential, scopes));
            }
            return token(realm, body);
        } catch (RefusedException e) {
            throw e;
        } catch (IOException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw e;
            }
            // Names the token service, and is not retried as a failure of the registry: the transport has already
            // retried it.
            throw new AuthenticationException(
                    0,
                    "no answer from the token service " + Addresses.printable(realm) + " of "
                            + Addresses.authority(registry) + ": " + Printable.shortened(e.toString()));
        }
    }

    private static Request login(URI realm, Challenge challenge, List<String> scopes, Optional<Credential> credential) {
        StringBuilder query = new StringBuilder(realm.getRawQuery() == null ? "" : realm.getRawQuery());
        challenge.parameter("service").ifPresent(service -> append(query, "service", service));
        scopes.forEach(scope -> append(query, "scope", scope));
        credential.ifPresent(c -> append(query, "account", c.username()));
        String address = realm.toString();
        int end = address.indexOf('?');
        Request request = Request.get(URI.create((end < 0 ? address : address.substring(0, end)) + "?" + query));
        return credential.map(c -> request.with("Authorization", basic(c))).orElse(request);
    }

    private static Request refresh(URI realm, Challenge challenge, List<String> scopes, Credential credential) {
        StringBuilder form = new StringBuilder();
        append(form, "grant_type", "refresh_token");
        append(form, "refresh_token", credential.secret());
        append(form, "client_id", "gcrsync");
        challenge.parameter("service").ifPresent(service -> append(form, "service", service));
        append(form, "scope", String.join(" ", scopes));
        return Request.of("POST", realm)
                .with("Content-Type", "application/x-www-form-urlencoded")
                .withBody(RequestBody.of(form.toString().getBytes(StandardCharsets.US_ASCII)));
    }

    static boolean isBasic(String authorization) {
        return authorization.startsWith("Basic ");
    }

    static String basic(Credential credential) {
        byte[] pair = (credential.username() + ":" + credential.secret()).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    /** Requires a realm as secure as the registry: credentials for an HTTPS registry are never sent in plain text. */
    private static URI realm(URI registry, Challenge challenge) throws AuthenticationException {
        String text = challenge.parameter("realm").orElse("");
        try {
            URI realm = new URI(text);
            boolean plain =
                    "http".equals(realm.getScheme()) && registry.getScheme().equals("http");
            if (realm.getHost() != null && Addresses.leadsInside(registry, realm)) {
                throw new AuthenticationException(
                        0,
                        Addresses.authority(registry) + " names a token service at the internal address "
                                + Addresses.printable(realm)
                                + "; refused, because a public registry has no token service there");
            }
            if (realm.getHost() != null && ("https".equals(realm.getScheme()) || plain)) {
                return realm;
            }
        } catch (URISyntaxException e) {
            // Falls through to the message for all unusable realms.
        }
        throw new AuthenticationException(
                0, Addresses.authority(registry) + " names a token service that cannot be used (not an HTTPS address)");
    }

    private Token token(URI realm, byte[] body) throws AuthenticationException {
        try {
            if (Json.tree(body) instanceof Map<?, ?> answer) {
                Object value = answer.get("token") instanceof String s && !s.isEmpty() ? s : answer.get("access_token");
                long seconds = answer.get("expires_in") instanceof Long n && n > 0 ? n : DEFAULT_SECONDS;
                if (value instanceof String token && isHeaderSafe(token)) {
                    return Token.issued(token, clock.instant(), Duration.ofSeconds(Math.min(seconds, 86_400)));
                }
            }
        } catch (JacksonException e) {
            // The message below is sufficient; the parser's would repeat parts of a secret.
        }
        throw new AuthenticationException(0, "the token service " + Addresses.printable(realm) + " sent no token");
    }

    private static boolean isHeaderSafe(String token) {
        return !token.isEmpty()
                && token.length() <= LONGEST_TOKEN
                && token.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }

    private static String refusal(
            URI registry, URI realm, int status, Optional<Credential> credential, List<String> scopes) {
        return "HTTP %d from the token service %s of %s for %s %s"
                .formatted(
                        status,
                        Addresses.printable(realm),
                        Addresses.authority(registry),
                        Printable.shortened(String.join(" ", scopes)),
                        credential.map(c -> "as user " + c.username()).orElse("without credentials"));
    }

    private static void append(StringBuilder query, String name, String value) {
        query.append(query.isEmpty() ? "" : "&")
                .append(name)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
    }
}
