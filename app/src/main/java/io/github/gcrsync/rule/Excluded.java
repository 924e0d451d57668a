package io.github.gcrsync.rule;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The images that are not mirrored, grouped by the rule that excludes them. A namespace may have a million of them, so
 * the tags of a repository are stored as one string, which takes a fifth of the memory.
 */
public final class Excluded {
    private final SortedMap<String, List<Group>> byRule = new TreeMap<>();

    /**
     * Excluded images of one repository.
     *
     * @param prefix of the image name, before each line of {@code lines}
     */
    private record Group(String prefix, String lines, int images) {
        Stream<String> names() {
            return lines.lines().map(line -> prefix + line);
        }
    }

    void add(String rule, String prefix, Collection<String> names) {
        if (!names.isEmpty()) {
            byRule.computeIfAbsent(rule, _ -> new ArrayList<>())
                    .add(new Group(prefix, String.join("\n", names), names.size()));
        }
    }

    public Set<String> rules() {
        return byRule.keySet();
    }

    public int count() {
        return rules().stream().mapToInt(this::count).sum();
    }

    public int count(String rule) {
        return byRule.getOrDefault(rule, List.of()).stream()
                .mapToInt(Group::images)
                .sum();
    }

    /** Returns the images that a rule excludes, as {@code name:tag} in order of name; created lazily. */
    public Stream<String> images(String rule) {
        return byRule.getOrDefault(rule, List.of()).stream().flatMap(Group::names);
    }
}
