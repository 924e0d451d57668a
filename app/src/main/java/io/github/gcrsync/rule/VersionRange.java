package io.github.gcrsync.rule;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A range of versions, such as {@code >=1.25 <2}, {@code ~1.4}, {@code ^1}, {@code 1.25.x} and {@code 1.4 || 2}. As in
 * npm, a bound applies to as many parts as it has: {@code >1.25} starts at 1.26, and {@code 1.25} is 1.25.x. Only
 * numbers are compared, so the prerelease 1.25-rc1 is in {@code >=1.25}.
 *
 * @param text as the user wrote it
 * @param alternatives one must hold; in each, all bounds must hold
 */
public record VersionRange(String text, List<List<Bound>> alternatives) {
    private static final Pattern BOUND = Pattern.compile(
            "(>=|<=|>|<|=|~|\\^)?\\s*v?(\\d+(?:\\.\\d+)*)?((?:\\.)?[xX*](?:\\.[xX*])*)?(?=[\\s,]|$)[\\s,]*");

    /** One comparison. {@code ~} and {@code ^} are converted to the number of parts that must be equal. */
    record Bound(String operator, VersionNumber number, int equalParts) {
        boolean holds(VersionNumber version) {
            int order = version.first(number.size()).compareTo(number);
            return switch (operator) {
                case ">=" -> order >= 0;
                case "<=" -> order <= 0;
                case ">" -> order > 0;
                case "<" -> order < 0;
                default -> order >= 0 && version.first(equalParts).compareTo(number.first(equalParts)) == 0;
            };
        }
    }

    /** @throws IllegalArgumentException with the invalid part */
    public static VersionRange parse(String text) {
        return new VersionRange(
                text,
                Stream.of(text.split("\\|\\|", -1)).map(VersionRange::bounds).toList());
    }

    private static List<Bound> bounds(String text) {
        List<Bound> bounds = new ArrayList<>();
        String rest = text.strip();
        if (rest.isEmpty()) {
            throw new IllegalArgumentException("a version range is empty; write * for all versions");
        }
        for (int at = 0; at < rest.length(); ) {
            Matcher next = BOUND.matcher(rest).region(at, rest.length());
            if (!next.lookingAt() || next.end() == at) {
                throw new IllegalArgumentException("'" + rest.substring(at)
                        + "' is not a version; write numbers such as >=1.25 <2, ~1.4, ^1 or 1.25.x");
            }
            add(bounds, next);
            at = next.end();
        }
        return bounds;
    }

    private static void add(List<Bound> bounds, Matcher found) {
        String operator = found.group(1) == null ? "=" : found.group(1);
        if (found.group(2) == null) {
            if (found.group(3) == null || !operator.equals("=")) {
                throw new IllegalArgumentException("'" + found.group().strip() + "' has no number");
            }
            return; // Any version.
        }
        VersionNumber number = VersionNumber.parse(found.group(2));
        bounds.add(new Bound(operator, number, equalParts(operator, number)));
    }

    /** {@code ~} fixes up to two parts, {@code ^} all up to the first that is not zero. */
    private static int equalParts(String operator, VersionNumber number) {
        return switch (operator) {
            case "~" -> Math.min(number.size(), 2);
            case "^" -> {
                int parts = 0;
                while (parts < number.size() - 1 && number.isZero(parts)) {
                    parts++;
                }
                yield parts + 1;
            }
            default -> number.size();
        };
    }

    public boolean contains(VersionNumber version) {
        return alternatives.stream().anyMatch(bounds -> bounds.stream().allMatch(bound -> bound.holds(version)));
    }

    @Override
    public String toString() {
        return text;
    }
}
