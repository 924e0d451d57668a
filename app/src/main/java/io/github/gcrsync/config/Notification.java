package io.github.gcrsync.config;

import io.github.gcrsync.config.ConfigNode.Entry;
import io.github.gcrsync.config.ConfigNode.Mapping;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where {@code gcrsync server} posts the ends of a mirror's runs.
 *
 * @param url {@code http} or {@code https}, without a user
 * @param secret the variable that holds the key of the signature; empty: not signed
 * @param on some of {@link #EVENTS}
 */
public record Notification(URI url, Optional<String> secret, Set<String> on) {
    static final String KEY = "notify";
    public static final String FAILURE = "failure";
    public static final String RECOVERED = "recovered";
    public static final String CHANGE = "change";

    private static final List<String> EVENTS = List.of(FAILURE, RECOVERED, CHANGE);
    private static final String URL = "url";
    private static final String SECRET = "secret";
    private static final String ON = "on";
    private static final String VARIABLE = "env:";

    public Notification {
        on = Set.copyOf(on);
    }

    /** Returns the notification of a mirror; empty if it has none, or turns off that of the defaults. */
    static Optional<Notification> of(Problems problems, Optional<ConfigNode> found) {
        if (found.isEmpty() || found.get().isFalse()) {
            return Optional.empty();
        }
        return problems.mapping(KEY, found.get()).flatMap(keys -> of(problems, keys));
    }

    private static Optional<Notification> of(Problems problems, Mapping keys) {
        problems.refuseOtherKeys(keys, List.of(URL, SECRET, ON), _ -> "");
        Set<String> on = new HashSet<>();
        keys.get(ON)
                .ifPresentOrElse(
                        node -> problems.values(ON, node)
                                .forEach(each ->
                                        problems.choice(ON, each, EVENTS).ifPresent(on::add)),
                        () -> on.addAll(List.of(FAILURE, RECOVERED)));
        Optional<String> secret =
                keys.get(SECRET).flatMap(node -> problems.value(SECRET, node, Notification::variable));
        Optional<URI> url = keys.get(URL).flatMap(node -> problems.value(URL, node, Notification::checked));
        if (keys.get(URL).isEmpty()) {
            problems.add(keys.at(), "'" + KEY + "' has no '" + URL + "'; write url: https://HOST/PATH");
        }
        return url.map(to -> new Notification(to, secret, on));
    }

    /** The error does not repeat the value, which may be the secret itself. */
    private static String variable(String text) {
        if (!text.matches(VARIABLE + "[A-Za-z_][A-Za-z0-9_]*")) {
            throw new IllegalArgumentException(
                    "a secret does not belong in a file; write env:NAME for a variable that holds it");
        }
        return text.substring(VARIABLE.length());
    }

    /** The error does not repeat the value, since addresses of webhooks contain secrets. */
    private static URI checked(String text) {
        try {
            URI url = URI.create(text);
            if (url.getHost() != null && url.getUserInfo() == null && text.matches("https?://.*")) {
                return url;
            }
        } catch (IllegalArgumentException e) {
            // Reported below.
        }
        throw new IllegalArgumentException("this is not an address; write https://HOST/PATH, without a user");
    }

    /** Returns the rows for display, without the path of the address. */
    static Stream<ShownValue> shown(ConfigNode node) {
        return Stream.concat(
                Stream.of(ShownValue.of(KEY, node)),
                node instanceof Mapping mapping ? mapping.entries().stream().map(Notification::shown) : Stream.of());
    }

    private static ShownValue shown(Entry entry) {
        ShownValue value = ShownValue.nested(entry);
        return entry.key().equals(URL)
                ? new ShownValue(URL, true, value.value().replaceFirst("(?<=[^/:])/.*", "/…"), value.origin())
                : value;
    }
}
