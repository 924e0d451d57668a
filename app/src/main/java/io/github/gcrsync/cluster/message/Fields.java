package io.github.gcrsync.cluster.message;

import io.github.gcrsync.text.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A JSON object of the database. Getters throw an IllegalArgumentException if a field has another type. */
final class Fields {
    private final Map<String, @Nullable Object> map = new LinkedHashMap<>();

    static Fields of(byte[] json) {
        return of(Json.tree(json));
    }

    private static Fields of(@Nullable Object tree) {
        Fields fields = new Fields();
        Map<?, ?> object = cast(Map.class, tree, "object");
        object.forEach((name, value) -> fields.map.put((String) name, value));
        return fields;
    }

    /** Leaves out an empty value. */
    void put(String name, Object value) {
        if (value instanceof Optional<?> optional) {
            optional.ifPresent(known -> put(name, known));
        } else if (!(value instanceof List<?> list && list.isEmpty())) {
            map.put(name, value);
        }
    }

    Map<String, @Nullable Object> map() {
        return map;
    }

    String text(String name) {
        return cast(String.class, map.get(name), name);
    }

    Optional<String> optional(String name) {
        return map.containsKey(name) ? Optional.of(text(name)) : Optional.empty();
    }

    long number(String name) {
        return cast(Long.class, map.get(name), name);
    }

    boolean truth(String name) {
        return cast(Boolean.class, map.get(name), name);
    }

    Fields object(String name) {
        return of(map.get(name));
    }

    List<Fields> list(String name) {
        return values(name).stream().map(Fields::of).toList();
    }

    List<String> texts(String name) {
        return values(name).stream()
                .map(value -> cast(String.class, value, name))
                .toList();
    }

    private List<?> values(String name) {
        return map.containsKey(name) ? cast(List.class, map.get(name), name) : List.of();
    }

    private static <T> T cast(Class<T> type, @Nullable Object value, String name) {
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException("the field '" + name + "' is missing or of another type");
        }
        return type.cast(value);
    }
}
