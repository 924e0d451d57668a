package io.github.gcrsync.rule;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A tag parsed as a version: a number, possibly a prerelease, and a variant. {@code v1.27.3-rc1-alpine} has the number
 * 1.27.3, the prerelease rc1 and the variant alpine. Only numbers are compared.
 *
 * @param prerelease may be empty
 * @param variant the text after the number; may be empty
 */
public record TagVersion(VersionNumber number, String prerelease, String variant) {
    /** As in Python: 3.14.0rc1. */
    private static final String ATTACHED = "(?:a|b|rc|alpha|beta|pre|dev|m)\\d+(?![^-._+])";
    /** The number ends at a separator or a prerelease, so the commit 7fa3b2c is not a version. */
    private static final Pattern VERSION =
            Pattern.compile("v?(\\d++(?:\\.\\d++)*+)(|[-._+].*|" + ATTACHED + ".*)", Pattern.CASE_INSENSITIVE);
    /** A whole word: alpha.2 is a prerelease, march is not. */
    private static final Pattern PRERELEASE = Pattern.compile(
            "^" + ATTACHED
                    + "|(?<=^|[-._+])(?:m\\d+|(?:rc|cr|alpha|beta|pre|preview|dev|snapshot|nightly|canary|ea|milestone)"
                    + "(?:[-._]?\\d+)?)(?![^-._+])",
            Pattern.CASE_INSENSITIVE);

    /** Returns empty if the tag does not start with a number. */
    public static Optional<TagVersion> parse(String tag) {
        Matcher version = VERSION.matcher(tag);
        if (!version.matches()) {
            return Optional.empty();
        }
        VersionNumber number = VersionNumber.parse(version.group(1));
        String rest = version.group(2);
        Matcher prerelease = PRERELEASE.matcher(rest);
        if (!prerelease.find()) {
            return Optional.of(new TagVersion(number, "", unseparated(rest)));
        }
        String before = rest.substring(0, Math.max(0, prerelease.start() - 1));
        String variant = unseparated(before + rest.substring(prerelease.end()));
        return Optional.of(new TagVersion(number, prerelease.group(), variant));
    }

    private static String unseparated(String rest) {
        return rest.isEmpty() ? rest : rest.substring(1);
    }

    public boolean isPrerelease() {
        return !prerelease.isEmpty();
    }
}
