package io.github.gcrsync.text;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The fields of a JSON object, in order. Getters throw an IllegalArgumentException if a field is missing or has another type. */
public final class JsonFields {
    private final Map<String, @Nullable Object> map = new LinkedHashMap<>();

    public static JsonFields of(byte[] json) {
        return of(Json.tree(json));
    }

    private static JsonFields of(@Nullable Object tree) {
        JsonFields fields = new JsonFields();
        Map<?, ?> object = cast(Map.class, tree, "object");
        object.forEach((name, value) -> fields.map.put((String) name, value));
        return fields;
    }

    /** Leaves out an empty value. */
    public void put(String name, Object value) {
        if (value instanceof Optional<?> optional) {
            optional.ifPresent(known -> put(name, known));
        } else if (!(value instanceof List<?> list && list.isEmpty())) {
            map.put(name, value);
        }
    }

    public Map<String, @Nullable Object> map() {
        return map;
    }

    public String text(String name) {
        return cast(String.class, map.get(name), name);
    }

    public Optional<String> optional(String name) {
        return map.containsKey(name) ? Optional.of(text(name)) : Optional.empty();
    }

    public long number(String name) {
        return cast(Long.class, map.get(name), name);
    }

    public boolean truth(String name) {
        return cast(Boolean.class, map.get(name), name);
    }

    public JsonFields object(String name) {
        return of(map.get(name));
    }

    public List<JsonFields> list(String name) {
        return values(name).stream().map(JsonFields::of).toList();
    }

    public List<String> texts(String name) {
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
