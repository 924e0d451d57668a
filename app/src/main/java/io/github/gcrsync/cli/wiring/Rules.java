package io.github.gcrsync.cli.wiring;

import io.github.gcrsync.cli.flags.MirrorFile;
import io.github.gcrsync.cli.flags.Options;
import io.github.gcrsync.cli.flags.UsageException;
import io.github.gcrsync.config.MirrorDefinition;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.rule.Shard;
import java.util.ArrayList;
import java.util.List;

/** The rules of a command: those of the file's mirrors, or of the mirror that flags describe. */
public final class Rules {
    private Rules() {}

    /** @param names of mirrors in the file; empty: all */
    public static List<MirrorRule> of(Options options, List<String> names) {
        List<MirrorDefinition> mirrors = MirrorFile.chosen(options, names);
        return mirrors.isEmpty()
                ? FlagRule.of(options)
                : mirrors.stream()
                        .map(MirrorDefinition::rules)
                        .flatMap(List::stream)
                        .toList();
    }

    /** Returns the rules of {@link #of(Options, List)}, limited to a shard. */
    public static List<MirrorRule> of(Options options, List<String> names, Shard shard) {
        return within(shard, of(options, names));
    }

    public static List<MirrorRule> within(Shard shard, List<MirrorRule> rules) {
        return rules.stream()
                .map(rule -> {
                    try {
                        return rule.within(shard);
                    } catch (IllegalArgumentException e) {
                        throw new UsageException("--shard " + shard + ": " + rule.mirrorPrefix() + e.getMessage());
                    }
                })
                .toList();
    }

    /** Returns one rule for each mirror, that of its first destination. */
    public static List<MirrorRule> ofMirrors(Options options) {
        List<MirrorRule> mirrors = new ArrayList<>();
        for (MirrorRule rule : of(options, List.of())) {
            if (mirrors.stream().noneMatch(rule::isOfSameMirror)) {
                mirrors.add(rule);
            }
        }
        return mirrors;
    }
}
