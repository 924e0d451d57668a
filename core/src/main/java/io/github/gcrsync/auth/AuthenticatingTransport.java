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
 * Answers a registry's challenges. Nothing is sent to a host before it has asked for it; afterwards every request to
 * that host carries what the host wants, so that only the first one of a run is refused.
 */
public final class AuthenticatingTransport implements Transport {
    private final Transport next;
    private final TokenService tokenService;
    private final TokenCache tokens;
    private final Credentials credentials;
    private final Predicate<String> mayBePlain;
    private final Map<String, Challenge> challenges = new ConcurrentHashMap<>();
    private final Map<Account, Login> logins = new ConcurrentHashMap<>();
    /** What registries want besides what requests say they need, by host and that. */
    private final Map<String, List<String>> wider = new ConcurrentHashMap<>();

    private record Account(String host, Credential credential) {}

    /**
     * @param forTokens sends requests to token services: with retries, without authentication
     * @param mayBePlain hosts, as in {@link Addresses#authority}, that get what is secret without TLS too: a redirect must
     *     not lead the credentials of an HTTPS registry onto the wire
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
        if (!asksForAnother(response)) {
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
                asksForAnother(answer) ? choose(answer.headers().all("WWW-Authenticate")) : Optional.empty();
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
                401, "HTTP 401 from " + host + ", for which no credentials are known: it lets only known users push");
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

    /** The strongest scheme we speak, wherever it stands among the challenges. */
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

    /** Too little right is a 403 by RFC 6750, section 3.1; most registries say 401. */
    private static boolean asksForAnother(Response response) {
        return response.status() == 401
                || (response.status() == 403
                        && choose(response.headers().all("WWW-Authenticate"))
                                .filter(AuthenticatingTransport::isOfScopes)
                                .isPresent());
    }

    private static boolean isOfScopes(Challenge challenge) {
        return challenge.parameter("error").orElse("").equals("insufficient_scope");
    }

    private static boolean pushes(Request request) {
        return request.scopes().stream().anyMatch(scope -> scope.endsWith("push"));
    }

    /** What the request says it needs, and what this registry wanted besides; else what it asked for. */
    private List<String> scopes(Request request, Challenge challenge) {
        Set<String> scopes = new LinkedHashSet<>(request.scopes());
        if (scopes.isEmpty()) {
            scopes.addAll(asked(challenge));
        } else {
            scopes.addAll(wider.getOrDefault(key(request), List.of()));
        }
        return List.copyOf(scopes);
    }

    /**
     * Where a registry refuses a good token because its scopes do not do (RFC 6750, section 3.1), and names others,
     * requests of this kind ask for those too from now on.
     *
     * @return whether those are more than the refused token had
     */
    private boolean widen(Request request, Challenge challenge, List<String> had) {
        List<String> asked = asked(challenge);
        if (!isOfScopes(challenge) || request.scopes().isEmpty() || had.isEmpty() || had.containsAll(asked)) {
            return false;
        }
        wider.put(key(request), asked);
        return true;
    }

    private static List<String> asked(Challenge challenge) {
        return challenge
                .parameter("scope")
                .map(scope -> List.of(scope.split(" ")))
                .orElse(List.of());
    }

    private static String key(Request request) {
        return Addresses.authority(request.uri()) + " " + String.join(" ", request.scopes());
    }

    /** The repository of {@code repository:NAME:ACTIONS}, the first scope. */
    private static String repository(Request request) {
        if (request.scopes().isEmpty() || !request.scopes().getFirst().startsWith("repository:")) {
            return "";
        }
        String scope = request.scopes().getFirst();
        return scope.substring(scope.indexOf(':') + 1, scope.lastIndexOf(':'));
    }
}
