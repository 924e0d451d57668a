package io.github.gcrsync.cli.flags;

import io.github.gcrsync.rule.AgeLimits;
import io.github.gcrsync.rule.AgeLimits.FirstRun;
import io.github.gcrsync.rule.NamePattern;
import io.github.gcrsync.rule.TagMoves;
import io.github.gcrsync.rule.TagSelection;
import io.github.gcrsync.rule.TagSelection.By;
import io.github.gcrsync.rule.TagSelection.Per;
import io.github.gcrsync.rule.VersionRange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that select tags among those that are not excluded. */
public final class TagFlags {
    @Option(
            names = "--min-age",
            paramLabel = "AGE",
            description =
                    "Hold back images that were pushed, or first seen, less than this time ago, such as 3d or 12h; a later run mirrors them. --always does not override it.",
            converter = Converters.Age.class)
    @Nullable
    Duration minAge;

    @Option(
            names = "--first-run",
            paramLabel = "accept|wait",
            description =
                    "What --min-age does with the images that the first run of a repository finds: accept counts them as old enough, wait holds them back too (default: accept).")
    FirstRun firstRun = FirstRun.ACCEPT;

    @Option(
            names = "--include-tag",
            paramLabel = "PATTERN",
            description = "Mirror only tags whose whole name matches: a glob or /REGEX/. May be repeated.")
    List<NamePattern> include = new ArrayList<>();

    @Option(
            names = "--always",
            paramLabel = "PATTERN",
            description =
                    "Mirror tags whose whole name matches, whatever the flags below say; --newest does not count them. May be repeated.")
    List<NamePattern> always = new ArrayList<>();

    @Option(
            names = "--versions",
            paramLabel = "RANGE",
            description =
                    "Mirror only versions in this range, such as '>=1.25 <2', '~1.4', '^1' or '1.25.x || 2'. Only the number at the start of a tag is compared; tags without one are excluded.")
    @Nullable
    VersionRange versions;

    @Option(
            names = "--prereleases",
            paramLabel = "true|false",
            arity = "1",
            description =
                    "Mirror prereleases, with words such as rc1, beta or snapshot (default: only without --versions).")
    @Nullable
    Boolean prereleases;

    @Option(
            names = "--variants",
            paramLabel = "PATTERN",
            description =
                    "Mirror only versions with this text after the number, such as alpine or 'jre-*'; '' is the bare number. May be repeated.")
    List<NamePattern> variants = new ArrayList<>();

    @Option(
            names = "--max-age",
            paramLabel = "AGE",
            description =
                    "Exclude images that were pushed more than this time ago, such as 90d, or at an unknown time; needs a registry that lists dates.",
            converter = Converters.Age.class)
    @Nullable
    Duration maxAge;

    @Option(
            names = "--newest",
            paramLabel = "N",
            description = "Mirror only the newest N versions; floating tags such as 1.27 are excluded.",
            converter = Converters.Positive.class)
    @Nullable
    Integer newest;

    @Option(
            names = "--by",
            paramLabel = "version|date",
            description =
                    "What --newest compares: versions, or the dates of the last push where the registry lists them (default: version).")
    By by = By.VERSION;

    @Option(
            names = "--per",
            paramLabel = "GROUP",
            description =
                    "Group of --newest: variant, minor (such as 1.27, per variant) or repository (default: variant).")
    Per per = Per.VARIANT;

    @Option(
            names = "--at-least",
            paramLabel = "N",
            description = "Report a failure for a repository with fewer selected tags.",
            converter = Converters.Positive.class)
    int atLeast;

    @Option(
            names = "--fixed",
            paramLabel = "PATTERN",
            description =
                    "Do not look up tags again once they are mirrored: those whose whole name matches never move. May be repeated.")
    List<NamePattern> fixed = new ArrayList<>();

    /** What to do with a tag that moved at the source. */
    enum Moved {
        FOLLOW,
        KEEP
    }

    @Option(
            names = "--moved",
            paramLabel = "follow|keep",
            description = "Copy a tag that moved at the source again, or keep it as mirrored (default: follow).")
    Moved moved = Moved.FOLLOW;

    public TagMoves moves() {
        return new TagMoves(fixed, moved == Moved.FOLLOW);
    }

    TagSelection selection() {
        return new TagSelection(
                List.of(),
                always,
                include,
                Optional.ofNullable(versions),
                Optional.ofNullable(prereleases),
                variants.isEmpty() ? Optional.empty() : Optional.of(variants),
                Optional.ofNullable(newest),
                by,
                per,
                atLeast,
                ages());
    }

    private AgeLimits ages() {
        try {
            return new AgeLimits(Optional.ofNullable(minAge), firstRun, Optional.ofNullable(maxAge));
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }
}
