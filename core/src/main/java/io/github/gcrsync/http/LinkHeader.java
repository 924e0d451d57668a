package io.github.gcrsync.http;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Parses the {@code Link} header (RFC 8288) as pagination uses it, including malformed variants of registries: a target
 * without angle brackets (serverless-registry), a relation in single quotes, no relation at all.
 */
public final class LinkHeader {
    private Optional<String> next = Optional.empty();
    private Optional<String> unrelated = Optional.empty();
    private boolean isUnderstood = true;

    private LinkHeader() {}

    /**
     * Returns the target with the relation {@code next}, as written, possibly relative; without one, the first target
     * without a relation.
     *
     * @param headers all Link headers of one answer
     * @throws IllegalArgumentException if no target is found and a header is malformed
     */
    public static Optional<String> next(List<String> headers) {
        LinkHeader links = new LinkHeader();
        headers.forEach(links::read);
        Optional<String> target = links.next.or(() -> links.unrelated);
        if (target.isEmpty() && !links.isUnderstood) {
            throw new IllegalArgumentException("not a Link header");
        }
        return target;
    }

    private void read(String header) {
        int at = 0;
        while (at < header.length() && next.isEmpty()) {
            char first = header.charAt(at);
            if (first == ',' || Character.isWhitespace(first)) {
                at++;
                continue;
            }
            boolean bracketed = first == '<';
            int targetEnd = bracketed ? header.indexOf('>', at) : unquoted(';', header, at);
            if (targetEnd < 0) {
                isUnderstood = false;
                return;
            }
            int end = unquoted(',', header, bracketed ? targetEnd : at);
            String target = header.substring(bracketed ? at + 1 : at, Math.min(targetEnd, end))
                    .strip();
            if (bracketed || target.chars().noneMatch(c -> c == '<' || c == '>' || c == '"' || c <= ' ')) {
                link(target, header.substring(Math.min(bracketed ? targetEnd + 1 : targetEnd, end), end));
            } else {
                isUnderstood = false;
            }
            at = end;
        }
    }

    private void link(String target, String parameters) {
        Optional<List<String>> relations = relations(parameters);
        if (relations.isEmpty()) {
            unrelated = unrelated.or(() -> Optional.of(target));
        } else if (relations.get().contains("next")) {
            next = Optional.of(target);
        }
    }

    /** Returns the index of the next separator outside quotes, or the text's length. */
    private static int unquoted(char separator, String text, int from) {
        boolean quoted = false;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && quoted) {
                i++; // Quoted text may contain escaped quotes (RFC 9110, section 5.6.4).
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == separator && !quoted) {
                return i;
            }
        }
        return text.length();
    }

    private static Optional<List<String>> relations(String parameters) {
        String text = parameters.toLowerCase(Locale.ROOT);
        for (int at = 0; at < text.length(); ) {
            int end = unquoted(';', text, at);
            String parameter = text.substring(at, end);
            at = end + 1;
            int equals = parameter.indexOf('=');
            if (equals > 0 && parameter.substring(0, equals).strip().equals("rel")) {
                String value = parameter.substring(equals + 1).replaceAll("[\"']", "");
                return Optional.of(List.of(value.strip().split("\\s+")));
            }
        }
        return Optional.empty();
    }
}
