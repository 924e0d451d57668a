package io.github.gcrsync.config;

import io.github.gcrsync.config.ConfigNode.Entry;
import io.github.gcrsync.config.ConfigNode.Mapping;
import io.github.gcrsync.config.ConfigNode.Scalar;
import io.github.gcrsync.rule.AgeLimits;
import io.github.gcrsync.rule.AgeLimits.FirstRun;
import io.github.gcrsync.rule.NamePattern;
import io.github.gcrsync.rule.TagSelection;
import io.github.gcrsync.rule.TagSelection.By;
import io.github.gcrsync.rule.TagSelection.Per;
import io.github.gcrsync.rule.VersionRange;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads selections of tags: the named ones of a file, and those written where they are used. */
final class TagSelections {
    static final List<String> KEYS = List.of(
            "exclude",
            "min-age",
            "first-run",
            "always",
            "include",
            "versions",
            "prereleases",
            "variants",
            "max-age",
            "newest",
            "by",
            "per",
            "at-least");

    private final Problems problems;
    private final Map<String, Mapping> named = new LinkedHashMap<>();

    /** @param selections the value of the key {@code selections} */
    TagSelections(Problems problems, Optional<ConfigNode> selections) {
        this.problems = problems;
        selections
                .flatMap(node -> problems.mapping("selections", node))
                .ifPresent(all -> all.entries().forEach(this::readNamed));
    }

    private void readNamed(Entry entry) {
        problems.mapping(entry.key(), entry.value()).ifPresent(keys -> {
            named.put(entry.key(), keys);
            of(keys, excluded(keys));
        });
    }

    /**
     * Returns the keys of a selection.
     *
     * @param node the keys themselves, or the name of a selection
     * @param advice what to write if there is no such selection
     */
    Optional<Mapping> keys(String key, ConfigNode node, String advice) {
        if (node instanceof Mapping keys) {
            return Optional.of(keys);
        }
        if (!(node instanceof Scalar)) {
            problems.add(node.at(), "'" + key + "' takes the name of a selection, or keys such as {newest: 3}");
            return Optional.empty();
        }
        return problems.text(key, node).map(Scalar::text).flatMap(name -> {
            Optional<Mapping> keys = Optional.ofNullable(named.get(name));
            if (keys.isEmpty()) {
                problems.add(
                        node.at(),
                        "there is no selection '" + name + "'" + advice + problems.suggestion(name, named.keySet()));
            }
            return keys;
        });
    }

    List<NamePattern> excluded(Mapping keys) {
        return patterns(keys, "exclude");
    }

    /** @param excluded the excluding patterns of this selection and those above it */
    TagSelection of(Mapping keys, List<NamePattern> excluded) {
        problems.refuseOtherKeys(keys, KEYS, _ -> "");
        return new TagSelection(
                excluded,
                patterns(keys, "always"),
                patterns(keys, "include"),
                keys.get("versions").flatMap(node -> problems.value("versions", node, VersionRange::parse)),
                keys.get("prereleases").flatMap(node -> problems.truth("prereleases", node)),
                keys.get("variants").map(node -> problems.list("variants", node, NamePattern::parse)),
                count(keys, "newest"),
                choice(keys, "by", By.VERSION),
                choice(keys, "per", Per.VARIANT),
                count(keys, "at-least").orElse(0),
                ages(keys));
    }

    private AgeLimits ages(Mapping keys) {
        Optional<Duration> min = age(keys, "min-age");
        FirstRun firstRun = choice(keys, "first-run", FirstRun.ACCEPT);
        Optional<Duration> max = age(keys, "max-age");
        try {
            return new AgeLimits(min, firstRun, max);
        } catch (IllegalArgumentException e) {
            problems.add(keys.at(), String.valueOf(e.getMessage()));
            return AgeLimits.NONE;
        }
    }

    private Optional<Duration> age(Mapping keys, String key) {
        return keys.get(key).flatMap(node -> problems.value(key, node, Ages::parse));
    }

    private List<NamePattern> patterns(Mapping keys, String key) {
        return keys.get(key)
                .map(node -> problems.list(key, node, NamePattern::parse))
                .orElse(List.of());
    }

    private Optional<Integer> count(Mapping keys, String key) {
        return keys.get(key).flatMap(node -> problems.value(key, node, Numbers::positive));
    }

    private <E extends Enum<E>> E choice(Mapping keys, String key, E usual) {
        Class<E> type = usual.getDeclaringClass();
        List<String> choices = List.of(type.getEnumConstants()).stream()
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .toList();
        return keys.get(key)
                .flatMap(node -> problems.choice(key, node, choices))
                .map(name -> Enum.valueOf(type, name.toUpperCase(Locale.ROOT)))
                .orElse(usual);
    }
}
