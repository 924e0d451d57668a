package io.github.gcrsync.rule;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which images of a namespace are excluded; the defaults are the original's.
 *
 * @param repositories patterns looked for anywhere in a repository's name
 * @param tags patterns looked for anywhere in a tag
 * @param longestTag characters; empty: any length
 */
public record SelectionRules(List<Rule> repositories, List<Rule> tags, Optional<Integer> longestTag) {
    private static final Rule OTHER_PLATFORMS = new Rule(
            Pattern.compile("-arm|-ppc|-s390x"),
            "repository name contains -arm, -ppc or -s390x (--exclude-repository)");
    private static final Rule UNFINISHED =
            // As coarse as the original's, for which it stands in: "latest" contains "test".
            new Rule(
                    Pattern.compile("alpha|beta|rc|test"),
                    "tag contains alpha, beta, rc or test, as latest does (--exclude-tag)");
    private static final int LONGEST = 12;

    /** A pattern, and the rule in words, with the flag that changes it. */
    public record Rule(Pattern pattern, String reason) {
        public boolean matches(String name) {
            return pattern.matcher(name).find();
        }
    }

    public SelectionRules {
        repositories = List.copyOf(repositories);
        tags = List.copyOf(tags);
    }

    /**
     * The default rules, each replaced by what is given for it.
     *
     * @param longestTag 0 or less: any length
     */
    public static SelectionRules of(
            boolean defaults, List<Pattern> repositories, List<Pattern> tags, Optional<Integer> longestTag) {
        return new SelectionRules(
                rules(
                        repositories,
                        "repository name matches %s (--exclude-repository)",
                        defaults ? List.of(OTHER_PLATFORMS) : List.of()),
                rules(tags, "tag matches %s (--exclude-tag)", defaults ? List.of(UNFINISHED) : List.of()),
                longestTag
                        .or(() -> defaults ? Optional.of(LONGEST) : Optional.empty())
                        .filter(length -> length > 0));
    }

    private static List<Rule> rules(List<Pattern> given, String reason, List<Rule> defaults) {
        return given.isEmpty()
                ? defaults
                : given.stream()
                        .map(p -> new Rule(p, reason.formatted(p.pattern())))
                        .toList();
    }

    /** Why nothing of the repository is wanted; empty if it is. */
    public Optional<String> excludesRepository(String name) {
        return first(repositories, name);
    }

    /** Why the tag is not wanted; empty if it is. */
    public Optional<String> excludesTag(String tag) {
        return first(tags, tag)
                .or(() -> longestTag
                        .filter(length -> tag.length() > length)
                        .map(length -> "tag is longer than " + length + " characters (--max-tag-length)"));
    }

    private static Optional<String> first(List<Rule> rules, String name) {
        return rules.stream().filter(rule -> rule.matches(name)).findFirst().map(Rule::reason);
    }
}
