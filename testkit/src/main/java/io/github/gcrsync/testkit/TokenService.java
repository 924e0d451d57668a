package io.github.gcrsync.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Implements Docker's token endpoint: GET with Basic credentials, and OAuth2 POST with a password or a refresh token.
 */
final class TokenService {
    private final RegistryOptions options;
    private final Map<String, Grant> tokens = new ConcurrentHashMap<>();
    private final Map<String, User> refreshTokens = new ConcurrentHashMap<>();

    TokenService(RegistryOptions options) {
        this.options = options;
    }

    Optional<Grant> grant(String token) {
        return Optional.ofNullable(tokens.get(token)).filter(Grant::current);
    }

    void expireAll() {
        tokens.clear();
    }

    Reply handle(Request request) throws IOException {
        return switch (request.method()) {
            case "GET" -> get(request);
            case "POST" -> post(request);
            default -> Reply.error(405, "UNSUPPORTED", request.method() + " of a token");
        };
    }

    private Reply get(Request request) {
        boolean offline = request.parameter("offline_token").equals("true");
        Optional<String> basic = credentials(request);
        if (basic.isEmpty()) {
            return options.anonymousPull ? issue(Optional.empty(), request.parameters("scope"), offline) : refused();
        }
        Optional<User> user = user(options.bearerUsers, basic.get());
        return user.isPresent() ? issue(user, request.parameters("scope"), offline) : refused();
    }

    private Reply post(Request request) throws IOException {
        String form = new String(request.body().readAllBytes(), StandardCharsets.UTF_8);
        Optional<User> user = switch (first(form, "grant_type")) {
            case "password" -> user(options.bearerUsers, first(form, "username") + ":" + first(form, "password"));
            case "refresh_token" -> Optional.ofNullable(refreshTokens.get(first(form, "refresh_token")));
            default -> Optional.empty();
        };
        boolean offline = first(form, "access_type").equals("offline");
        return user.isPresent() ? issue(user, Request.parameters(form, "scope"), offline) : refused();
    }

    /** Returns user and password of Basic credentials, as {@code user:password}. */
    static Optional<String> credentials(Request request) {
        String header = request.headers().first("Authorization");
        return header.startsWith("Basic ")
                ? Optional.of(new String(Base64.getDecoder().decode(header.substring(6)), StandardCharsets.UTF_8))
                : Optional.empty();
    }

    static Optional<User> user(List<User> users, String nameAndPassword) {
        return users.stream()
                .filter(user -> (user.name() + ":" + user.password()).equals(nameAndPassword))
                .findFirst();
    }

    private static String first(String form, String name) {
        return Request.parameters(form, name).stream().findFirst().orElse("");
    }

    private static Reply refused() {
        return Reply.error(401, "UNAUTHORIZED", "the token service does not know these credentials");
    }

    private Reply issue(Optional<User> user, List<String> scopes, boolean offline) {
        Set<String> granted = new TreeSet<>();
        for (String scope : scopes) {
            // A parameter may contain several scopes, and a scope several actions.
            for (String each : scope.split(" ")) {
                int actions = each.lastIndexOf(':');
                for (String action : each.substring(actions + 1).split(",")) {
                    if (allowed(user, each, action)) {
                        granted.add(each.substring(0, actions + 1) + action);
                    }
                }
            }
        }
        String token = UUID.randomUUID().toString();
        long ends = System.nanoTime() + options.tokenLifetime.toNanos();
        tokens.put(token, new Grant(user.map(User::name).orElse(""), granted, ends));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("token", token);
        answer.put("access_token", token);
        answer.put("expires_in", options.tokenLifetime.toSeconds());
        answer.put("issued_at", Instant.now().truncatedTo(ChronoUnit.SECONDS));
        if (offline) {
            String refresh = UUID.randomUUID().toString();
            user.ifPresent(known -> refreshTokens.put(refresh, known));
            answer.put("refresh_token", refresh);
        }
        return Reply.of(200).json(answer);
    }

    private static boolean allowed(Optional<User> user, String scope, String action) {
        boolean reads = action.equals("pull");
        return (scope.startsWith("repository:") && reads)
                || user.filter(known -> known.mayPush() || scope.startsWith("registry:"))
                        .isPresent();
    }
}
