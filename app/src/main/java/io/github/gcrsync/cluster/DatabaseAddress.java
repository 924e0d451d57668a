package io.github.gcrsync.cluster;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a database is: {@code jdbc:postgresql://HOST[:PORT]/NAME[?PARAMETERS]} as the driver defines it, or
 * {@code postgresql://[USER[:PASSWORD]@]...} as libpq does. Passwords are only in the properties.
 *
 * @param url without passwords
 * @param shown for messages: {@code HOST[:PORT]/NAME}
 */
public record DatabaseAddress(String url, Properties properties, String shown) {
    /** The variable with the password. Without it, the driver looks into the file of passwords of libpq. */
    public static final String PASSWORD = "GCRSYNC_DATABASE_PASSWORD";

    private static final String HOST = "(?:\\[[0-9A-Fa-f:.]+]|[^@/?:,\\[\\]]*)(?::\\d+)?";

    private static final Pattern FORM = Pattern.compile(
            "(?:jdbc:)?postgres(?:ql)?://(?:([^:@/?]*)(?::([^@/?]*))?@)?(%1$s(?:,%1$s)*)/([^@/?]+)(?:\\?(.*))?"
                    .formatted(HOST));

    @Override
    public Properties properties() {
        Properties copy = new Properties();
        copy.putAll(properties);
        return copy;
    }

    /** @throws IllegalArgumentException if the text is not such an address; the message does not repeat the text */
    public static DatabaseAddress of(String text, Map<String, String> environment) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw invalid(
                    "write jdbc:postgresql://HOST[:PORT]/NAME, and '/', '@', ':' and '?' in a password as %2F, %40,"
                            + " %3A and %3F");
        }
        Properties properties = new Properties();
        // A connection that is cut off without an end must not hang for hours.
        properties.putAll(Map.of(
                "ApplicationName", "gcrsync", "connectTimeout", "5", "socketTimeout", "20", "tcpKeepAlive", "true"));
        Optional.ofNullable(environment.get(PASSWORD))
                .filter(password -> !password.isEmpty())
                .ifPresent(password -> properties.put("password", password));
        put(properties, "user", form.group(1));
        put(properties, "password", form.group(2));
        List<String> harmless = new ArrayList<>();
        for (String parameter :
                form.group(5) == null ? new String[0] : form.group(5).split("&")) {
            String name = parameter.replaceFirst("=.*", "");
            if (name.length() == parameter.length() && !name.isEmpty()) {
                throw invalid("a parameter after '?' has no value; write NAME=VALUE, and '&' in a value as %26");
            } else if (name.toLowerCase(Locale.ROOT).contains("password")) {
                put(properties, name, parameter.substring(name.length() + 1));
            } else if (!name.isEmpty()) {
                harmless.add(parameter);
                properties.remove(name);
            }
        }
        String place = form.group(3) + "/" + form.group(4);
        String parameters = harmless.isEmpty() ? "" : "?" + String.join("&", harmless);
        return new DatabaseAddress("jdbc:postgresql://" + place + parameters, properties, place);
    }

    private static void put(Properties properties, String name, @Nullable String encoded) {
        if (encoded == null || encoded.isEmpty()) {
            return;
        }
        try {
            properties.put(name, URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            // Without its cause, which repeats a part of the value.
            throw invalid("'%' in its user or password is not followed by two hexadecimal digits; write %25");
        }
    }

    private static IllegalArgumentException invalid(String reason) {
        return new IllegalArgumentException("not the address of a PostgreSQL database: " + reason);
    }

    @Override
    public String toString() {
        return shown;
    }
}
