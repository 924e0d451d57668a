package io.github.gcrsync.auth;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One challenge of a {@code WWW-Authenticate} header (RFC 9110, section 11.6.1).
 *
 * @param scheme in lower case
 * @param parameters names in lower case, quoted values unquoted
 */
public record Challenge(String scheme, Map<String, String> parameters) {
    public Challenge {
        parameters = Map.copyOf(parameters);
    }

    public Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name));
    }

    /** Parses all challenges of one header value, in order; skips what it cannot parse. */
    public static List<Challenge> parse(String header) {
        return new Parser(header).challenges();
    }

    /**
     * Commas separate both challenges and the parameters of a challenge. A token followed by {@code =} is therefore a
     * parameter of the preceding challenge; any other token starts a new challenge.
     */
    private static final class Parser {
        private final String text;
        private int at;

        Parser(String text) {
            this.text = text;
        }

        List<Challenge> challenges() {
            List<Challenge> found = new ArrayList<>();
            String scheme = "";
            Map<String, String> parameters = new LinkedHashMap<>();
            while (at < text.length()) {
                skip(" \t,");
                String token = token();
                if (token.isEmpty()) {
                    at++; // An unexpected character.
                    continue;
                }
                int afterToken = at;
                skip(" \t");
                if (at < text.length() && text.charAt(at) == '=' && !scheme.isEmpty()) {
                    at++;
                    skip(" \t");
                    parameters.putIfAbsent(token.toLowerCase(Locale.ROOT), value());
                } else {
                    at = afterToken;
                    if (!scheme.isEmpty()) {
                        found.add(new Challenge(scheme, parameters));
                    }
                    scheme = token.toLowerCase(Locale.ROOT);
                    parameters = new LinkedHashMap<>();
                }
            }
            if (!scheme.isEmpty()) {
                found.add(new Challenge(scheme, parameters));
            }
            return List.copyOf(found);
        }

        private String value() {
            if (at < text.length() && text.charAt(at) == '"') {
                return quoted();
            }
            return token();
        }

        private String quoted() {
            StringBuilder value = new StringBuilder();
            for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
                if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                    at++;
                }
                value.append(text.charAt(at));
            }
            at++;
            return value.toString();
        }

        private String token() {
            int from = at;
            while (at < text.length() && " \t,=\"".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            return text.substring(from, at);
        }

        private void skip(String characters) {
            while (at < text.length() && characters.indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }
    }
}
