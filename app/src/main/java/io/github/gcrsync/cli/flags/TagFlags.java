package io.github.gcrsync.cli.flags;

import io.github.gcrsync.rule.NamePattern;
import io.github.gcrsync.rule.TagSelection;
import io.github.gcrsync.rule.TagSelection.Per;
import io.github.gcrsync.rule.VersionRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which tags are wanted of those that nothing excludes. */
public final class TagFlags {
    @Option(
            names = "--include-tag",
            paramLabel = "PATTERN",
            description = "Mirror only tags that match as a whole: a glob or /REGEX/. May be repeated.")
    List<NamePattern> include = new ArrayList<>();

    @Option(
            names = "--always",
            paramLabel = "PATTERN",
            description =
                    "Mirror tags that match as a whole, whatever the flags below say; --newest does not count them. May be repeated.")
    List<NamePattern> always = new ArrayList<>();

    @Option(
            names = "--versions",
            paramLabel = "RANGE",
            description =
                    "Mirror only versions in this range, such as '>=1.25 <2', '~1.4', '^1' or '1.25.x || 2'. Only the number at the beginning of a tag is compared; tags without one are dropped.")
    @Nullable
    VersionRange versions;

    @Option(
            names = "--prereleases",
            paramLabel = "true|false",
            arity = "1",
            description = "Mirror tags with a word such as rc1, beta or snapshot (default: only without --versions).")
    @Nullable
    Boolean prereleases;

    @Option(
            names = "--variants",
            paramLabel = "PATTERN",
            description =
                    "Mirror only versions with these words behind the number, such as alpine or 'jre-*'; '' is the bare number. May be repeated.")
    List<NamePattern> variants = new ArrayList<>();

    @Option(
            names = "--newest",
            paramLabel = "N",
            description = "Mirror only the newest N versions; floating tags such as 1.27 are dropped.",
            converter = Converters.Positive.class)
    @Nullable
    Integer newest;

    @Option(
            names = "--per",
            paramLabel = "GROUP",
            description =
                    "What --newest counts in: variant, minor (as 1.27, of a variant) or repository (default: variant).")
    Per per = Per.VARIANT;

    @Option(
            names = "--at-least",
            paramLabel = "N",
            description = "Fail a repository of which fewer tags are left, instead of passing it over.",
            converter = Converters.Positive.class)
    int atLeast;

    TagSelection selection() {
        return new TagSelection(
                List.of(),
                always,
                include,
                Optional.ofNullable(versions),
                Optional.ofNullable(prereleases),
                variants.isEmpty() ? Optional.empty() : Optional.of(variants),
                Optional.ofNullable(newest),
                per,
                atLeast);
    }
}
