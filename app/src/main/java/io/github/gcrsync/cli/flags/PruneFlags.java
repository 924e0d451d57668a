package io.github.gcrsync.cli.flags;

import io.github.gcrsync.prune.PruneRule;
import io.github.gcrsync.prune.PruneRule.When;
import io.github.gcrsync.rule.NamePattern;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that say what may be deleted. They override the key {@code prune} of a mirror. */
public final class PruneFlags {
    @Option(
            names = "--when",
            paramLabel = "gone|unselected",
            split = ",",
            description =
                    "Delete images that the source no longer has (gone), or that the rule no longer selects (unselected), or both, separated by commas (default: gone).")
    private List<When> when = new ArrayList<>();

    @Option(
            names = "--after",
            paramLabel = "AGE",
            converter = Converters.Age.class,
            description =
                    "Delete only images that have been gone or unselected for this long, such as 14d or 12h; 0s: any time (default: 14d).")
    private @Nullable Duration after;

    @Option(
            names = "--at-most",
            paramLabel = "N%%",
            converter = Converters.Percentage.class,
            description =
                    "Delete nothing if more than this share of the recorded images would be deleted, rounded up to a whole image (default: 10%%).")
    private @Nullable Double atMost;

    @Option(
            names = "--keep",
            paramLabel = "PATTERN",
            description =
                    "Never delete images whose tag or NAME:TAG matches, such as v1.* or library/nginx:*. May be repeated.")
    private List<NamePattern> keep = new ArrayList<>();

    /** Returns the rule with what the flags say. */
    public PruneRule over(PruneRule rule) {
        return new PruneRule(
                when.isEmpty() ? rule.when() : EnumSet.copyOf(when),
                after == null ? rule.after() : after,
                atMost == null ? rule.atMost() : atMost,
                keep.isEmpty() ? rule.keep() : keep,
                rule.apply());
    }
}
