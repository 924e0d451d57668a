package io.github.gcrsync.config;

import io.github.gcrsync.config.ConfigNode.Mapping;
import io.github.gcrsync.prune.PruneRule;
import io.github.gcrsync.prune.PruneRule.When;
import io.github.gcrsync.rule.NamePattern;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads which images of a mirror may be deleted at its destination. */
final class PruneKeys {
    static final String KEY = "prune";
    private static final String WHEN = "when";
    private static final String AFTER = "after";
    private static final String AT_MOST = "at-most";
    private static final String KEEP = "keep";
    private static final String APPLY = "apply";
    private static final List<String> KNOWN = List.of(WHEN, AFTER, AT_MOST, KEEP, APPLY);

    private PruneKeys() {}

    static PruneRule of(Problems problems, Optional<ConfigNode> node) {
        Optional<Mapping> found = node.flatMap(value -> problems.mapping(KEY, value));
        if (found.isEmpty()) {
            return PruneRule.DEFAULT;
        }
        Mapping keys = found.get();
        problems.refuseOtherKeys(keys, KNOWN, _ -> "");
        Set<When> when = keys.get(WHEN)
                .map(value ->
                        problems.list(WHEN, value, PruneKeys::when).stream().collect(Collectors.toSet()))
                .filter(chosen -> !chosen.isEmpty())
                .orElse(PruneRule.DEFAULT.when());
        return new PruneRule(
                when,
                keys.get(AFTER)
                        .flatMap(value -> problems.value(AFTER, value, Ages::parse))
                        .orElse(PruneRule.DEFAULT.after()),
                keys.get(AT_MOST)
                        .flatMap(value -> problems.value(AT_MOST, value, Percentages::parse))
                        .orElse(PruneRule.DEFAULT.atMost()),
                keys.get(KEEP)
                        .map(value -> problems.list(KEEP, value, NamePattern::parse))
                        .orElse(List.of()),
                keys.get(APPLY).flatMap(value -> problems.truth(APPLY, value)).orElse(false));
    }

    private static When when(String text) {
        return Stream.of(When.values())
                .filter(each -> each.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + text + "' is neither gone nor unselected"));
    }
}
