package io.github.gcrsync.config;

import io.github.gcrsync.config.ConfigNode.Entry;
import io.github.gcrsync.config.ConfigNode.Items;
import io.github.gcrsync.config.ConfigNode.Mapping;
import io.github.gcrsync.config.ConfigNode.Scalar;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A value of a mirror, for display.
 *
 * @param isNested whether the key belongs to the selection of the value above
 * @param origin a position in the file, or {@code default}
 */
public record ShownValue(String key, boolean isNested, String value, String origin) {
    public static final String DEFAULT = "default";

    static ShownValue of(String key, ConfigNode node) {
        return new ShownValue(key, false, text(node), node.at().toString());
    }

    /** Returns the value and the keys in it. */
    static Stream<ShownValue> withKeys(String key, ConfigNode node) {
        return Stream.concat(
                Stream.of(of(key, node)),
                node instanceof Mapping mapping ? mapping.entries().stream().map(ShownValue::nested) : Stream.of());
    }

    static ShownValue nested(Entry entry) {
        return new ShownValue(
                entry.key(), true, text(entry.value()), entry.value().at().toString());
    }

    static ShownValue usual(String key, String value) {
        return new ShownValue(key, false, value, DEFAULT);
    }

    public boolean isDefault() {
        return origin.equals(DEFAULT);
    }

    private static String text(ConfigNode node) {
        return switch (node) {
            case Scalar scalar -> scalar.text().isEmpty() ? "''" : scalar.text();
            case Items items -> items.values().stream().map(ShownValue::text).collect(Collectors.joining(", "));
            case Mapping _ -> "as follows";
        };
    }
}
