package io.github.gcrsync.testkit;

import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Authorizes requests, and challenges unauthorized ones. */
final class AccessControl {
    private final RegistryOptions options;
    private final TokenService tokens;

    AccessControl(RegistryOptions options, TokenService tokens) {
        this.options = options;
        this.tokens = tokens;
    }

    /** Returns the refusal, or empty if the request is allowed. */
    Optional<Reply> refuse(Request request, Route route) {
        if (!options.basicUsers.isEmpty()) {
            boolean known = TokenService.credentials(request)
                    .flatMap(given -> TokenService.user(options.basicUsers, given))
                    .isPresent();
            return known ? Optional.empty() : Optional.of(unauthorized("Basic realm=\"testkit\""));
        }
        return options.bearer ? refuseWithoutToken(request, scopes(request, route)) : Optional.empty();
    }

    private Optional<Reply> refuseWithoutToken(Request request, Set<String> scopes) {
        String header = request.headers().first("Authorization");
        Optional<Grant> grant = header.startsWith("Bearer ") ? tokens.grant(header.substring(7)) : Optional.empty();
        if (grant.filter(found -> found.allows(scopes)).isPresent()) {
            return Optional.empty();
        }
        String challenge = "Bearer realm=\"%s://%s/token\",service=\"%s\""
                .formatted(
                        options.scheme,
                        request.headers().first("Host"),
                        options.webApi == WebApi.HARBOR ? "harbor-registry" : "testkit");
        if (!scopes.isEmpty()) {
            challenge += ",scope=\"%s\"".formatted(asOneScope(scopes));
        }
        if (!header.isEmpty()) {
            challenge += ",error=\"%s\"".formatted(grant.isPresent() ? "insufficient_scope" : "invalid_token");
        }
        return Optional.of(unauthorized(challenge));
    }

    private static Reply unauthorized(String challenge) {
        return Reply.error(401, "UNAUTHORIZED", "authentication required").header("WWW-Authenticate", challenge);
    }

    /** Returns the required permissions, such as {@code repository:a:pull}. A mount also needs pull of its source. */
    private static Set<String> scopes(Request request, Route route) {
        Set<String> scopes = new TreeSet<>();
        switch (route) {
            case Route.Catalog ignored -> scopes.add("registry:catalog:*");
            case Route.InRepository in -> {
                String scope = "repository:" + in.repository() + ":";
                scopes.add(scope + "pull");
                boolean reads = Set.of("GET", "HEAD").contains(request.method()) && !(in instanceof Route.Uploads);
                boolean deletes = request.method().equals("DELETE") && !(in instanceof Route.Uploads);
                if (deletes) {
                    scopes.add(scope + "delete");
                } else if (!reads) {
                    scopes.add(scope + "push");
                }
                if (request.has("mount") && request.has("from")) {
                    scopes.add("repository:" + request.parameter("from") + ":pull");
                }
            }
            default -> {
                // Any valid token is sufficient.
            }
        }
        return scopes;
    }

    private static String asOneScope(Set<String> scopes) {
        TreeMap<String, TreeSet<String>> actions = new TreeMap<>();
        for (String scope : scopes) {
            int colon = scope.lastIndexOf(':');
            actions.computeIfAbsent(scope.substring(0, colon), ignored -> new TreeSet<>())
                    .add(scope.substring(colon + 1));
        }
        return actions.entrySet().stream()
                .map(entry -> entry.getKey() + ":" + String.join(",", entry.getValue()))
                .collect(Collectors.joining(" "));
    }
}
