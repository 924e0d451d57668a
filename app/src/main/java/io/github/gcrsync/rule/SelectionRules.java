package io.github.gcrsync.rule;

import io.github.gcrsync.rule.TagSelection.Decision;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.regex.Pattern;

/**
 * The rules that select images of a namespace. The defaults are those of the original gcrsync.
 *
 * @param repositories excluding patterns, searched anywhere in a repository name
 * @param tags excluding patterns, searched anywhere in a tag
 * @param longestTag in characters; empty: any length
 * @param included patterns for whole names of the other repositories; empty: all
 * @param selected the selection among the other tags
 */
public record SelectionRules(
        List<Rule> repositories,
        List<Rule> tags,
        Optional<Integer> longestTag,
        List<NamePattern> included,
        TagSelection selected) {
    private static final Rule OTHER_PLATFORMS = new Rule(
            Pattern.compile("-arm|-ppc|-s390x"),
            "repository name contains -arm, -ppc or -s390x (--exclude-repository)");
    private static final Rule UNFINISHED =
            // As broad as the original's rule: "latest" contains "test".
            new Rule(
                    Pattern.compile("alpha|beta|rc|test"),
                    "tag contains alpha, beta, rc or test, as latest does (--exclude-tag)");
    private static final int MAX = 12;

    /** A pattern, and its description for users, which names the flag that changes it. */
    public record Rule(Pattern pattern, String reason) {
        public boolean matches(String name) {
            return pattern.matcher(name).find();
        }
    }

    public SelectionRules {
        repositories = List.copyOf(repositories);
        tags = List.copyOf(tags);
        included = List.copyOf(included);
    }

    /**
     * Returns the default rules, each replaced by the given one if there is any.
     *
     * @param longestTag 0 or less: any length
     */
    public static SelectionRules of(
            boolean defaults,
            List<Pattern> repositories,
            List<Pattern> tags,
            Optional<Integer> longestTag,
            List<NamePattern> included,
            TagSelection selected) {
        return new SelectionRules(
                rules(
                        repositories,
                        "repository name matches %s (--exclude-repository)",
                        defaults ? List.of(OTHER_PLATFORMS) : List.of()),
                rules(tags, "tag matches %s (--exclude-tag)", defaults ? List.of(UNFINISHED) : List.of()),
                longestTag
                        .or(() -> defaults ? Optional.of(MAX) : Optional.empty())
                        .filter(length -> length > 0),
                included,
                selected);
    }

    private static List<Rule> rules(List<Pattern> given, String reason, List<Rule> defaults) {
        return given.isEmpty()
                ? defaults
                : given.stream()
                        .map(p -> new Rule(p, reason.formatted(p.pattern())))
                        .toList();
    }

    /** Returns the decision for each tag of a repository, in the order given. */
    public SequencedMap<String, Decision> decide(String repository, List<String> listed) {
        Optional<Decision> whole = ofRepository(repository);
        SequencedMap<String, Decision> decisions = new LinkedHashMap<>();
        listed.forEach(tag -> whole.or(() -> ofTag(tag)).ifPresent(dropped -> decisions.put(tag, dropped)));
        List<String> left =
                listed.stream().filter(tag -> !decisions.containsKey(tag)).toList();
        decisions.putAll(selected.decide(left));
        return decisions;
    }

    /** Returns why the repository is excluded; empty if it is included. */
    private Optional<Decision> ofRepository(String name) {
        return first(repositories, name)
                .map(rule -> Decision.dropped("exclude-repository", rule, rule))
                .or(() -> included.isEmpty() || included.stream().anyMatch(pattern -> pattern.matches(name))
                        ? Optional.empty()
                        : Optional.of(Decision.dropped(
                                "include-repository",
                                "repository name matches no pattern (--include-repository)",
                                "name matches none of " + TagSelection.joined(included))));
    }

    private Optional<Decision> ofTag(String tag) {
        return first(tags, tag)
                .map(rule -> Decision.dropped("exclude-tag", rule, rule))
                .or(() -> longestTag
                        .filter(length -> tag.length() > length)
                        .map(length -> "tag is longer than " + length + " characters (--max-tag-length)")
                        .map(rule -> Decision.dropped("max-tag-length", rule, rule)));
    }

    private static Optional<String> first(List<Rule> rules, String name) {
        return rules.stream().filter(rule -> rule.matches(name)).findFirst().map(Rule::reason);
    }
}
