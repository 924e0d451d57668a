package io.github.gcrsync.cli.flags;

import io.github.gcrsync.rule.NamedImage;
import io.github.gcrsync.rule.RepositoryPattern;
import io.github.gcrsync.rule.SelectionRules;
import io.github.gcrsync.rule.TagSelection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that select repositories and exclude tags. */
public final class SelectionFlags {
    @Option(
            names = "--image",
            paramLabel = "IMAGE",
            description =
                    "Mirror only this image below the namespace: NAME[:TAG][@DIGEST]; the registry is not listed. May be repeated.")
    List<String> images = new ArrayList<>();

    @Option(
            names = "--include-repository",
            paramLabel = "PATTERN",
            description =
                    "Mirror only repositories whose whole name matches: a glob (* stops at a slash, ** does not) or /REGEX/; with a leading '!', exclude them. May be repeated.")
    List<RepositoryPattern> patterns = new ArrayList<>();

    @Option(
            names = "--exclude-repository",
            paramLabel = "REGEX",
            description =
                    "Exclude repositories whose name contains a match; replaces the default -arm, -ppc and -s390x. May be repeated.")
    List<Pattern> repositories = new ArrayList<>();

    @Option(
            names = "--exclude-tag",
            paramLabel = "REGEX",
            description =
                    "Exclude tags that contain a match; replaces the default alpha, beta, rc and test. The default also excludes latest; use --exclude-tag 'alpha|beta|rc' to mirror it. May be repeated.")
    List<Pattern> tags = new ArrayList<>();

    @Option(
            names = "--max-tag-length",
            paramLabel = "N",
            description = "Exclude longer tags; 0: no limit (default: 12).")
    @Nullable
    Integer longestTag;

    @Option(
            names = "--no-default-excludes",
            description = "Exclude only what the flags above specify; implied if the source is a folder.")
    boolean noDefaults;

    @Option(
            names = "--processcount",
            paramLabel = "N",
            defaultValue = "100",
            description =
                    "Maximum number of images to copy per run, in order of name; -1: no limit (default: ${DEFAULT-VALUE}). From a folder: no limit, unless it is set.",
            converter = Converters.Count.class)
    public int processCount = 100;

    @Option(
            names = "--retry-quarantined",
            description =
                    "Release all images from quarantine. An image with a permanent failure in three consecutive runs is quarantined: gcrsync then tries it once a day.")
    public boolean retryQuarantined;

    /** @param defaults whether the rules of the original apply */
    SelectionRules rules(TagFlags selected, boolean defaults) {
        TagSelection selection = selected.selection();
        return SelectionRules.of(
                defaults && !noDefaults,
                repositories,
                tags,
                Optional.ofNullable(longestTag),
                patterns,
                selection,
                images.stream().map(image -> image(image, selection)).toList());
    }

    private static NamedImage image(String text, TagSelection selection) {
        try {
            return NamedImage.parse(text, selection);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--image '" + text + "': " + e.getMessage()
                    + "; write NAME, NAME:TAG, NAME@DIGEST or NAME:TAG@DIGEST");
        }
    }
}
