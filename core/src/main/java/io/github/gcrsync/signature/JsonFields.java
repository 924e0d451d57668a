package io.github.gcrsync.signature;

import io.github.gcrsync.text.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** Looks up fields of a small JSON document; a field of another type counts as missing. */
final class JsonFields {
    private final @Nullable Object tree;

    private JsonFields(@Nullable Object tree) {
        this.tree = tree;
    }

    /** Content that is not JSON has no fields. */
    static JsonFields parse(byte[] content) {
        try {
            return new JsonFields(Json.tree(content));
        } catch (JacksonException e) {
            return new JsonFields(null);
        }
    }

    /** The value at this path of field names; without a value if there is none. */
    JsonFields at(String... path) {
        Object value = tree;
        for (String name : path) {
            value = value instanceof Map<?, ?> object ? object.get(name) : null;
        }
        return new JsonFields(value);
    }

    boolean exists() {
        return tree != null;
    }

    Optional<String> text() {
        return tree instanceof String text ? Optional.of(text) : Optional.empty();
    }

    /** Empty if this is not base64. */
    Optional<byte[]> bytes() {
        return text().flatMap(Base64Text::decode);
    }

    boolean is(String text) {
        return text.equals(tree);
    }

    List<JsonFields> elements() {
        return tree instanceof List<?> array
                ? array.stream().map(JsonFields::new).toList()
                : List.of();
    }
}
