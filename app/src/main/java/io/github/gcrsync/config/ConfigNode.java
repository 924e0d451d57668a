package io.github.gcrsync.config;

import java.util.List;
import java.util.Optional;

/** A part of a configuration file. */
public sealed interface ConfigNode {
    Position at();

    /** Whether this turns off what has a default. */
    default boolean isFalse() {
        return this instanceof Scalar scalar
                && scalar.kind() == Kind.BOOLEAN
                && scalar.text().equalsIgnoreCase("false");
    }

    /** Returns the values of a list; a single value is a list of one. */
    static List<ConfigNode> values(ConfigNode node) {
        return node instanceof Items items ? items.values() : List.of(node);
    }

    /** @param text without quotes */
    record Scalar(String text, Position at, Kind kind) implements ConfigNode {}

    record Items(List<ConfigNode> values, Position at) implements ConfigNode {}

    /** Keys, each at most once, in the order of the file. */
    record Mapping(List<Entry> entries, Position at) implements ConfigNode {
        public Optional<ConfigNode> get(String key) {
            return entries.stream()
                    .filter(entry -> entry.key().equals(key))
                    .map(Entry::value)
                    .findFirst();
        }
    }

    /** @param at the position of the key */
    record Entry(String key, Position at, ConfigNode value) {}

    /** A position in a file; line and column count from 1. */
    record Position(String file, int line, int column) {
        @Override
        public String toString() {
            return file + ":" + line + ":" + column;
        }
    }

    /**
     * The type of a scalar by YAML's core schema (YAML 1.2.2, 10.3), as far as needed: numbers stay text until they are
     * parsed.
     */
    enum Kind {
        TEXT,
        BOOLEAN,
        NOTHING
    }
}
