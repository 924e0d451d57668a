package io.github.gcrsync.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Header fields in order; names are case-insensitive (RFC 9110, section 5.1). */
public final class Headers {
    public static final Headers NONE = new Headers(List.of());

    private final List<Field> fields;

    private record Field(String name, String value) {}

    private Headers(List<Field> fields) {
        this.fields = fields;
    }

    /** Collects fields. */
    public static final class Builder {
        private final List<Field> fields = new ArrayList<>();

        public Builder add(String name, String value) {
            fields.add(new Field(name, value));
            return this;
        }

        public Headers build() {
            return new Headers(List.copyOf(fields));
        }
    }

    /** Returns these fields and another one at the end. */
    public Headers with(String name, String value) {
        List<Field> more = new ArrayList<>(fields);
        more.add(new Field(name, value));
        return new Headers(List.copyOf(more));
    }

    /** Returns these fields, with all of that name replaced by a single one. */
    public Headers withOnly(String name, String value) {
        return without(name).with(name, value);
    }

    public Headers without(String name) {
        return new Headers(
                fields.stream().filter(f -> !f.name().equalsIgnoreCase(name)).toList());
    }

    public Optional<String> first(String name) {
        for (Field field : fields) {
            if (field.name().equalsIgnoreCase(name)) {
                return Optional.of(field.value());
            }
        }
        return Optional.empty();
    }

    public List<String> all(String name) {
        return fields.stream()
                .filter(f -> f.name().equalsIgnoreCase(name))
                .map(Field::value)
                .toList();
    }

    public void forEach(BiConsumer<String, String> action) {
        fields.forEach(f -> action.accept(f.name(), f.value()));
    }

    /** Names only, because values may be secret. */
    @Override
    public String toString() {
        return fields.stream().map(Field::name).toList().toString();
    }
}
