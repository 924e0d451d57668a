package io.github.gcrsync.config;

import java.util.List;

/**
 * A key of a configuration file with its values.
 *
 * @param isList whether the file has a YAML list; otherwise there is exactly one value
 */
public record ConfigEntry(String key, Position at, List<Value> values, boolean isList) {
    public ConfigEntry {
        values = List.copyOf(values);
    }

    /** A position in a file; line and column count from 1. */
    public record Position(String file, int line, int column) {
        @Override
        public String toString() {
            return file + ":" + line + ":" + column;
        }
    }

    /** @param text without quotes */
    public record Value(String text, Position at, Kind kind) {}

    /**
     * The type of a value by YAML's core schema (YAML 1.2.2, 10.3), as far as needed: numbers stay text until a flag
     * parses them.
     */
    public enum Kind {
        TEXT,
        BOOLEAN,
        NOTHING
    }
}
