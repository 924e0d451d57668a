package io.github.gcrsync.cli.wiring;

import io.github.gcrsync.cli.flags.MirrorFile;
import io.github.gcrsync.cli.flags.Options;
import io.github.gcrsync.config.MirrorDefinition;
import io.github.gcrsync.rule.MirrorRule;
import java.util.List;

/** The rules of a command: those of the file's mirrors, or the one that flags describe. */
public final class Rules {
    private Rules() {}

    /** @param names of mirrors in the file; empty: all */
    public static List<MirrorRule> of(Options options, List<String> names) {
        List<MirrorDefinition> mirrors = MirrorFile.chosen(options, names);
        return mirrors.isEmpty()
                ? List.of(FlagRule.of(options))
                : mirrors.stream().map(MirrorDefinition::rule).toList();
    }
}
