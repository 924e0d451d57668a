package io.github.gcrsync.auth;

import io.github.gcrsync.http.Addresses;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.http.Response;
import io.github.gcrsync.http.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Answers authentication challenges. A host receives credentials only after it has asked for them; every later request
 * to that host carries them, so only the first request of a run is refused.
 */
public final class AuthenticatingTransport implements Transport {
    private final Transport next;
    private final TokenService tokenService;
    private final TokenCache tokens;
    private final Credentials credentials;
    private final Predicate<String> mayBePlain;
    private final Map<String, Challenge> challenges = new ConcurrentHashMap<>();
    private final Map<Account, Login> logins = new ConcurrentHashMap<>();
    /** Additional scopes that registries require, by host and requested scopes. */
    private final Map<String, List<String>> addedScopes = new ConcurrentHashMap<>();

    private record Account(String host, Credential credential) {}

    /**
     * @param forTokens sends requests to token services, with retries and without authentication
     * @param mayBePlain accepts the hosts, as in {@link Addresses#authority}, that may receive credentials without TLS;
     *     a redirect must not send the credentials of an HTTPS registry in plain text
     */
    public AuthenticatingTransport(
            Transport next,
            Transport forTokens,
            Credentials credentials,
            InstantSource clock,
            Predicate<String> mayBePlain) {
        this.mayBePlain = mayBePlain;
        this.next = next;
        this.tokenService = new TokenService(forTokens, clock);
        this.tokens = new TokenCache(clock);
        this.credentials = credentials;
    }

    @Override
    public Response send(Request request) throws IOException {
        String host = Addresses.authority(request.uri());
        if (!"https".equalsIgnoreCase(request.uri().getScheme()) && !mayBePlain.test(host)) {
            return next.send(request);
        }
        Optional<Challenge> known = Optional.ofNullable(challenges.get(host));
        List<String> scopes = known.map(c -> scopes(request, c)).orElse(List.of());
        Optional<String> authorization =
                known.isEmpty() ? Optional.empty() : authorization(request, known.get(), scopes, Optional.empty());
        Response response = send(request, authorization);
        if (!requiresNewAuthorization(response)) {
            return response;
        }
        Refusal refusal = Refusal.read(response);
        Optional<Challenge> challenge = choose(refusal.headers().all("WWW-Authenticate"));
        if (challenge.isEmpty()) {
            return refusal;
        }
        challenges.put(host, challenge.get());
        if (!widen(request, challenge.get(), scopes) && refusal.status() == 403) {
            return refusal;
        }
        scopes = scopes(request, challenge.get());
        Optional<String> renewed = authorization(request, challenge.get(), scopes, authorization);
        if (renewed.isEmpty() && pushes(request) && find(host, request).isEmpty()) {
            throw unknownUser(host);
        }
        if (renewed.isEmpty() || renewed.equals(authorization)) {
            return refusal;
        }
        Response answer = send(request, renewed);
        Optional<Challenge> more =
                requiresNewAuthorization(answer) ? choose(answer.headers().all("WWW-Authenticate")) : Optional.empty();
        if (more.isPresent() && widen(request, more.get(), scopes)) {
            answer.discard();
            answer = send(request, authorization(request, more.get(), scopes(request, more.get()), Optional.empty()));
        }
        if (answer.status() == 401 && pushes(request) && find(host, request).isEmpty()) {
            answer.discard();
            throw unknownUser(host);
        }
        return answer;
    }

    private static AuthenticationException unknownUser(String host) {
        return new AuthenticationException(
                401, "HTTP 401 from " + host + ": pushing requires a login, and no credentials are configured");
    }

    /** The last challenge of a host, as in {@link Addresses#authority}. */
    public Optional<Challenge> challenge(String host) {
        return Optional.ofNullable(challenges.get(host));
    }

    /**
     * Sends a request to a web API beside the registry's own, which accepts no tokens of the registry: as the user of its
     * scopes by Basic authentication, without a challenge; anonymously if it has no scopes or there is no password.
     */
    public Response sendToWebApi(Request request) throws IOException {
        String host = Addresses.authority(request.uri());
        boolean isSafe = "https".equalsIgnoreCase(request.uri().getScheme()) || mayBePlain.test(host);
        return send(
                request,
                isSafe && !request.scopes().isEmpty()
                        ? find(host, request).filter(c -> !c.identityToken()).map(TokenService::basic)
                        : Optional.empty());
    }

    @Override
    public void close() {
        next.close();
    }

    private Response send(Request request, Optional<String> authorization) throws IOException {
        if (authorization.isEmpty()) {
            return next.send(request);
        }
        Request signed = request.with("Authorization", authorization.get());
        String host = Addresses.authority(request.uri());
        Optional<Credential> password =
                authorization.filter(TokenService::isBasic).isPresent() ? find(host, request) : Optional.empty();
        if (password.isEmpty()) {
            return next.send(signed);
        }
        Login login = login(host, password.get());
        return login.send(
                () -> {
                    Response response = next.send(signed);
                    if (response.status() != 401 || login.isAccepted()) {
                        return response;
                    }
                    response.discard();
                    throw new AuthenticationException(
                            401,
                            "HTTP 401 from " + host + " as user "
                                    + password.get().username());
                },
                response -> response.status() < 500 && response.status() != 429);
    }

    private Login login(String host, Credential credential) {
        return logins.computeIfAbsent(new Account(host, credential), ignored -> new Login(credential.username()));
    }

    /** Returns the strongest supported scheme, wherever it appears among the challenges. */
    private static Optional<Challenge> choose(List<String> headers) {
        List<Challenge> all = new ArrayList<>();
        headers.forEach(header -> all.addAll(Challenge.parse(header)));
        return all.stream()
                .filter(c -> c.scheme().equals("bearer"))
                .findFirst()
                .or(() -> all.stream().filter(c -> c.scheme().equals("basic")).findFirst());
    }

    private Optional<String> authorization(
            Request request, Challenge challenge, List<String> scopes, Optional<String> refused) throws IOException {
        URI registry = request.uri();
        String host = Addresses.authority(registry);
        Optional<Credential> credential = find(host, request);
        if (challenge.scheme().equals("basic")) {
            return credential.filter(c -> !c.identityToken()).map(TokenService::basic);
        }
        String key = host + " " + credential.map(Credential::username).orElse("") + " " + String.join(" ", scopes);
        String token = tokens.get(
                key,
                refused.map(value -> value.substring(value.indexOf(' ') + 1)),
                () -> credential.isEmpty()
                        ? tokenService.request(registry, challenge, scopes, credential)
                        : login(host, credential.get())
                                .send(
                                        () -> tokenService.request(registry, challenge, scopes, credential),
                                        ignored -> true));
        return Optional.of("Bearer " + token);
    }

    private Optional<Credential> find(String host, Request request) throws AuthenticationException {
        try {
            return credentials.find(host, repository(request));
        } catch (IllegalArgumentException | UncheckedIOException e) {
            throw new AuthenticationException(401, "no credentials for " + host + ": " + e.getMessage());
        }
    }

    /** RFC 6750, section 3.1 answers insufficient scope with 403; most registries answer 401. */
    private static boolean requiresNewAuthorization(Response response) {
        return response.status() == 401
                || (response.status() == 403
                        && choose(response.headers().all("WWW-Authenticate"))
                                .filter(AuthenticatingTransport::isInsufficientScope)
                                .isPresent());
    }

    private static boolean isInsufficientScope(Challenge challenge) {
        return challenge.parameter("error").orElse("").equals("insufficient_scope");
    }

    private static boolean pushes(Request request) {
        return request.scopes().stream().anyMatch(scope -> scope.endsWith("push"));
    }

    /**
     * Returns the scopes of the request plus those that this registry required for it; without any, the scopes of the
     * challenge.
     */
    private List<String> scopes(Request request, Challenge challenge) {
        Set<String> scopes = new LinkedHashSet<>(request.scopes());
        if (scopes.isEmpty()) {
            scopes.addAll(scopesOf(challenge));
        } else {
            scopes.addAll(addedScopes.getOrDefault(key(request), List.of()));
        }
        return List.copyOf(scopes);
    }

    /**
     * Adds the scopes of the challenge to later requests of this kind, if the registry refuses a valid token because
     * its scopes are insufficient (RFC 6750, section 3.1).
     *
     * @return whether the refused token lacked any of these scopes
     */
    private boolean widen(Request request, Challenge challenge, List<String> had) {
        List<String> required = scopesOf(challenge);
        if (!isInsufficientScope(challenge)
                || request.scopes().isEmpty()
                || had.isEmpty()
                || had.containsAll(required)) {
            return false;
        }
        addedScopes.put(key(request), required);
        return true;
    }

    private static List<String> scopesOf(Challenge challenge) {
        return challenge
                .parameter("scope")
                .map(scope -> List.of(scope.split(" ")))
                .orElse(List.of());
    }

    private static String key(Request request) {
        return Addresses.authority(request.uri()) + " " + String.join(" ", request.scopes());
    }

    /** Returns NAME of the first scope, {@code repository:NAME:ACTIONS}. */
    private static String repository(Request request) {
        if (request.scopes().isEmpty() || !request.scopes().getFirst().startsWith("repository:")) {
            return "";
        }
        String scope = request.scopes().getFirst();
        return scope.substring(scope.indexOf(':') + 1, scope.lastIndexOf(':'));
    }
}
