package gcrsync.registry;

import java.util.Locale;
import java.util.Optional;

/** The {@code Link} header (RFC 8288), as far as pagination uses it. */
final class LinkHeader {
    private LinkHeader() {}

    /** The target whose relation is {@code next}, as written: it may be relative. */
    static Optional<String> next(String header) {
        int at = 0;
        while (true) {
            int open = header.indexOf('<', at);
            int close = header.indexOf('>', open + 1);
            if (open < 0 || close < 0) {
                return Optional.empty();
            }
            int end = endOfParameters(header, close + 1);
            if (isNext(header.substring(close + 1, end))) {
                return Optional.of(header.substring(open + 1, close).strip());
            }
            at = end;
        }
    }

    /** The comma that ends this link: one outside of quotes. */
    private static int endOfParameters(String header, int from) {
        boolean quoted = false;
        for (int i = from; i < header.length(); i++) {
            char c = header.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                return i;
            }
        }
        return header.length();
    }

    private static boolean isNext(String parameters) {
        for (String parameter : parameters.toLowerCase(Locale.ROOT).split(";")) {
            int equals = parameter.indexOf('=');
            if (equals > 0 && parameter.substring(0, equals).strip().equals("rel")) {
                String value = parameter.substring(equals + 1).strip().replace("\"", "");
                return java.util.List.of(value.split("\\s+")).contains("next");
            }
        }
        return false;
    }
}
