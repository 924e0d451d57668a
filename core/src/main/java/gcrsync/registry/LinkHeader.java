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
            int end = unquoted(',', header, close + 1);
            if (isNext(header.substring(close + 1, end))) {
                return Optional.of(header.substring(open + 1, close).strip());
            }
            at = end;
        }
    }

    /** Where the separator stands next outside of quotes; the text's length if nowhere. */
    private static int unquoted(char separator, String text, int from) {
        boolean quoted = false;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && quoted) {
                i++; // What is quoted may hold quotes of its own (RFC 9110, section 5.6.4).
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == separator && !quoted) {
                return i;
            }
        }
        return text.length();
    }

    private static boolean isNext(String parameters) {
        String text = parameters.toLowerCase(Locale.ROOT);
        for (int at = 0; at < text.length(); ) {
            int end = unquoted(';', text, at);
            String parameter = text.substring(at, end);
            at = end + 1;
            int equals = parameter.indexOf('=');
            if (equals > 0 && parameter.substring(0, equals).strip().equals("rel")) {
                String value = parameter.substring(equals + 1).strip().replace("\"", "");
                return java.util.List.of(value.split("\\s+")).contains("next");
            }
        }
        return false;
    }
}
