package io.github.gcrsync.config;

import io.github.gcrsync.rule.MirrorRule;
import java.util.List;

/**
 * A mirror of a file.
 *
 * @param rules one for each destination, in the order of the file
 * @param values of all its keys, in the order of the documentation
 */
public record MirrorDefinition(List<MirrorRule> rules, List<ShownValue> values) {
    public MirrorDefinition {
        rules = List.copyOf(rules);
    }

    public String name() {
        return rules.getFirst().name().orElseThrow();
    }
}
