package io.github.gcrsync.config;

import io.github.gcrsync.prune.PruneRule;
import io.github.gcrsync.rule.MirrorRule;
import java.util.List;
import java.util.Optional;

/**
 * A mirror of a file.
 *
 * @param rules one for each destination, in the order of the file
 * @param prune which images may be deleted at the destinations
 * @param schedule when the server runs it; empty: on demand
 * @param notification where the server posts the ends of its runs
 * @param values of all its keys, in the order of the documentation
 */
public record MirrorDefinition(
        List<MirrorRule> rules,
        PruneRule prune,
        Optional<MirrorSchedule> schedule,
        Optional<Notification> notification,
        List<ShownValue> values) {
    public MirrorDefinition {
        rules = List.copyOf(rules);
    }

    public String name() {
        return rules.getFirst().name().orElseThrow();
    }
}
