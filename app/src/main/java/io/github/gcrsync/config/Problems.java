package io.github.gcrsync.config;

import io.github.gcrsync.config.ConfigNode.Entry;
import io.github.gcrsync.config.ConfigNode.Kind;
import io.github.gcrsync.config.ConfigNode.Mapping;
import io.github.gcrsync.config.ConfigNode.Position;
import io.github.gcrsync.config.ConfigNode.Scalar;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Parses values, and collects what is wrong with them: one line each, with file, line and column. */
final class Problems {
    private static final int MAX = 100;
    /** Longer than any name, and short enough for the recursion of regular expressions. */
    private static final int LONGEST = 1000;

    /** A set, since a default can be wrong for many mirrors. */
    private final Set<String> lines = new LinkedHashSet<>();

    private int values;

    /** Returns how many values were read: a default counts for each mirror. */
    int values() {
        return values;
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    void add(Position at, String words) {
        lines.add(lines.size() < MAX ? at + ": " + words : at.file() + ": there are more errors; fix these first");
    }

    /** Returns what may have been meant, for the end of a message. */
    String suggestion(String typed, Collection<String> names) {
        return lines.size() < MAX ? Nearest.suggestion(typed, names) : "";
    }

    /** @param advice about an unknown key; empty if there is none */
    void refuseOtherKeys(Mapping mapping, Collection<String> known, Function<String, String> advice) {
        for (Entry entry : mapping.entries()) {
            if (!known.contains(entry.key())) {
                String words = advice.apply(entry.key());
                add(
                        entry.at(),
                        "unknown key '" + entry.key() + "'"
                                + (words.isEmpty() ? suggestion(entry.key(), known) : "; " + words));
            }
        }
    }

    Optional<Scalar> text(String key, ConfigNode node) {
        if (!(node instanceof Scalar scalar)) {
            add(node.at(), "'" + key + "' takes one value");
            return Optional.empty();
        }
        Optional<String> refusal = scalar.kind() == Kind.NOTHING
                ? Optional.of("has no value; remove the key or add a value")
                : scalar.kind() == Kind.BOOLEAN
                        ? Optional.of("does not take true or false; quote it if it is a name")
                        : scalar.text().length() > LONGEST
                                ? Optional.of("is longer than " + LONGEST + " characters")
                                : Optional.empty();
        refusal.ifPresent(words -> add(node.at(), "'" + key + "' " + words));
        return refusal.isPresent() ? Optional.empty() : Optional.of(scalar);
    }

    /** @param parser throws IllegalArgumentException with the reason */
    <T> Optional<T> value(String key, ConfigNode node, Function<String, T> parser) {
        values++;
        return text(key, node).flatMap(scalar -> {
            try {
                return Optional.of(parser.apply(scalar.text()));
            } catch (IllegalArgumentException e) {
                add(node.at(), "'" + key + "': " + e.getMessage());
                return Optional.empty();
            }
        });
    }

    Optional<String> choice(String key, ConfigNode node, List<String> choices) {
        return value(key, node, text -> {
            if (!choices.contains(text)) {
                throw new IllegalArgumentException(
                        "'" + text + "' is not one of " + String.join(", ", choices) + suggestion(text, choices));
            }
            return text;
        });
    }

    Optional<Boolean> truth(String key, ConfigNode node) {
        if (node instanceof Scalar scalar && scalar.kind() == Kind.BOOLEAN) {
            return Optional.of(Boolean.valueOf(scalar.text()));
        }
        add(node.at(), "'" + key + "' takes true or false");
        return Optional.empty();
    }

    /** Returns the values of a list; a single value is a list of one. */
    <T> List<T> list(String key, ConfigNode node, Function<String, T> parser) {
        return values(key, node).stream()
                .flatMap(each -> value(key, each, parser).stream())
                .toList();
    }

    List<ConfigNode> values(String key, ConfigNode node) {
        List<ConfigNode> values = ConfigNode.values(node);
        if (values.isEmpty()) {
            add(node.at(), "'" + key + "' is an empty list; remove the key or add a value");
        }
        return values;
    }

    Optional<Mapping> mapping(String key, ConfigNode node) {
        if (node instanceof Mapping mapping) {
            return Optional.of(mapping);
        }
        add(node.at(), "'" + key + "' takes keys with values");
        return Optional.empty();
    }
}
