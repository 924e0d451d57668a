package io.github.gcrsync.config;

import java.util.List;

/**
 * A key of a configuration file and what is written there.
 *
 * @param isList whether the values are written as a list; otherwise there is one
 */
public record ConfigEntry(String key, Position at, List<Value> values, boolean isList) {
    public ConfigEntry {
        values = List.copyOf(values);
    }

    /** Where something stands: line and column count from 1. */
    public record Position(String file, int line, int column) {
        @Override
        public String toString() {
            return file + ":" + line + ":" + column;
        }
    }

    /** @param text as it is written, without quotes */
    public record Value(String text, Position at, Kind kind) {}

    /** What a value is by YAML's core schema (YAML 1.2.2, 10.3), as far as it matters: numbers are text until a flag reads them. */
    public enum Kind {
        TEXT,
        BOOLEAN,
        NOTHING
    }
}
