package io.github.gcrsync.testkit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Header fields of one message, in order; names are case-insensitive (RFC 9110 section 5.1). */
final class Headers {
    private record Field(String name, String value) {}

    private final List<Field> fields = new ArrayList<>();

    Headers add(String name, String value) {
        fields.add(new Field(name, value));
        return this;
    }

    Headers set(String name, String value) {
        return remove(name).add(name, value);
    }

    Headers remove(String name) {
        fields.removeIf(field -> field.name.equalsIgnoreCase(name));
        return this;
    }

    /** Returns the first value, or "". */
    String first(String name) {
        return all(name).stream().findFirst().orElse("");
    }

    List<String> all(String name) {
        return fields.stream()
                .filter(field -> field.name.equalsIgnoreCase(name))
                .map(Field::value)
                .toList();
    }

    boolean has(String name) {
        return fields.stream().anyMatch(field -> field.name.equalsIgnoreCase(name));
    }

    Headers copy() {
        Headers copy = new Headers();
        copy.fields.addAll(fields);
        return copy;
    }

    void writeTo(StringBuilder head) {
        fields.forEach(field ->
                head.append(field.name).append(": ").append(field.value).append("\r\n"));
    }

    /** Returns the headers for an {@link Exchange}, without secrets. */
    Map<String, String> withoutSecrets() {
        Map<String, String> map = new LinkedHashMap<>();
        for (Field field : fields) {
            String name = field.name.toLowerCase(Locale.ROOT);
            boolean secret = name.equals("authorization") || name.equals("proxy-authorization");
            String value = secret ? field.value.strip().split(" ", 2)[0] : field.value;
            map.merge(name, value, (one, other) -> one + ", " + other);
        }
        return map;
    }
}
