package io.github.gcrsync.config;

import io.github.gcrsync.rule.MirrorRule;
import java.util.List;

/**
 * A mirror of a file.
 *
 * @param values of all its keys, in the order of the documentation
 */
public record MirrorDefinition(MirrorRule rule, List<ShownValue> values) {
    public String name() {
        return rule.name().orElseThrow();
    }
}
