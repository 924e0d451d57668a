package io.github.gcrsync.rule;

import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.rule.AgeLimits.FirstRun;
import io.github.gcrsync.rule.TagSelection.Decision;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The rules that select images of a source. The defaults are those of the original gcrsync.
 *
 * @param repositories excluding patterns, searched anywhere in a repository name
 * @param tags excluding patterns, searched anywhere in a tag
 * @param longestTag in characters; empty: any length
 * @param patterns for whole names of the other repositories; without one that includes: all
 * @param selected the selection among the other tags
 * @param named images that are named one by one; without patterns, nothing else is selected
 */
public record SelectionRules(
        List<Rule> repositories,
        List<Rule> tags,
        Optional<Integer> longestTag,
        List<RepositoryPattern> patterns,
        TagSelection selected,
        NamedImages named) {
    private static final Rule OTHER_PLATFORMS = new Rule(
            Pattern.compile("-arm|-ppc|-s390x"),
            "repository name contains -arm, -ppc or -s390x (--exclude-repository)");
    private static final Rule UNFINISHED =
            // As broad as the original's rule: "latest" contains "test".
            new Rule(
                    Pattern.compile("alpha|beta|rc|test"),
                    "tag contains alpha, beta, rc or test, as latest does (--exclude-tag)");
    private static final int MAX = 12;
    private static final Decision NOT_NAMED =
            Decision.dropped("images", "tag is not named (images)", "its repository is named with other tags only");

    private static final Decision UNNAMED_REPOSITORY =
            Decision.dropped("images", "repository is not named (images)", "its repository is not named");

    /** A pattern, and its description for users, which names the flag that changes it. */
    public record Rule(Pattern pattern, String reason) {
        public boolean matches(String name) {
            return pattern.matcher(name).find();
        }
    }

    public SelectionRules {
        repositories = List.copyOf(repositories);
        tags = List.copyOf(tags);
        patterns = List.copyOf(patterns);
    }

    /** Returns rules that exclude nothing but what they are given. */
    public static SelectionRules of(List<RepositoryPattern> patterns, TagSelection selected, List<NamedImage> images) {
        return new SelectionRules(List.of(), List.of(), Optional.empty(), patterns, selected, new NamedImages(images));
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
            List<RepositoryPattern> patterns,
            TagSelection selected,
            List<NamedImage> images) {
        return new SelectionRules(
                rules(
                        repositories,
                        "repository name matches %s (--exclude-repository)",
                        defaults ? List.of(OTHER_PLATFORMS) : List.of()),
                rules(tags, "tag matches %s (--exclude-tag)", defaults ? List.of(UNFINISHED) : List.of()),
                longestTag
                        .or(() -> defaults ? Optional.of(MAX) : Optional.empty())
                        .filter(length -> length > 0),
                patterns,
                selected,
                new NamedImages(images));
    }

    private static List<Rule> rules(List<Pattern> given, String reason, List<Rule> defaults) {
        return given.isEmpty()
                ? defaults
                : given.stream()
                        .map(p -> new Rule(p, reason.formatted(p.pattern())))
                        .toList();
    }

    public List<NamedImage> images() {
        return named.all();
    }

    /** Whether the repositories below the source must be listed; otherwise all images are named. */
    public boolean listsSource() {
        return images().isEmpty() || !patterns.isEmpty();
    }

    /** Whether an image of the repository may be selected. */
    public boolean mayInclude(RepositoryName repository) {
        return named.of(repository).isPresent()
                || selections(repository).findAny().isPresent();
    }

    /** Whether the tags of a repository are listed; otherwise each image of it is named by its tag or digest. */
    public boolean lists(RepositoryName repository) {
        return named.of(repository)
                .map(images -> !images.selections().isEmpty())
                .orElse(listsSource());
    }

    /** Whether a selection applies to the tags of a repository. */
    boolean uses(TagSelection selection, RepositoryName repository) {
        return named.of(repository)
                .map(images -> images.selections().stream()
                        .anyMatch(tags -> tags.selection().equals(selection)))
                .orElse(listsSource());
    }

    /** Whether exactly this tag or digest is named. */
    public boolean names(RepositoryName repository, String reference) {
        return one(repository, reference).isPresent();
    }

    /** Whether a digest is named, so that it does not matter where the tag points to. */
    public boolean pins(RepositoryName repository, String reference) {
        return one(repository, reference).flatMap(NamedImage.One::digest).isPresent();
    }

    private Optional<NamedImage.One> one(RepositoryName repository, String reference) {
        return named.of(repository).flatMap(images -> images.one(reference));
    }

    /** Returns the fewest tags of a repository that must be selected; 0 for a repository that is excluded. */
    int atLeast(RepositoryName repository) {
        return selections(repository).mapToInt(TagSelection::atLeast).max().orElse(0);
    }

    /** Whether the selection among the tags of a repository depends on their dates. */
    public boolean needsDates(RepositoryName repository) {
        return selections(repository).anyMatch(TagSelection::needsDates);
    }

    /** Returns the age until which young tags of a repository wait, the longest one of several. */
    public Optional<Duration> minAge(RepositoryName repository) {
        return selections(repository)
                .flatMap(selection -> selection.ages().min().stream())
                .max(Comparator.naturalOrder());
    }

    /** Whether {@code min-age} applies to the tags that the first run of a repository finds. */
    public boolean waitsOnFirstRun(RepositoryName repository) {
        return selections(repository)
                .map(TagSelection::ages)
                .anyMatch(ages -> ages.min().isPresent() && ages.firstRun() == FirstRun.WAIT);
    }

    /**
     * Returns the tags of a repository that could be selected, depending on their age and on the other tags. Named tags
     * are among them.
     */
    public List<ListedTag> candidates(RepositoryName repository, List<ListedTag> listed) {
        List<TagSelection> selections = selections(repository).toList();
        return listed.stream()
                .filter(tag -> names(repository, tag.tag())
                        || (ofTag(tag.tag()).isEmpty()
                                && selections.stream().anyMatch(selection -> selection.couldSelect(tag.tag()))))
                .toList();
    }

    /** Returns the selections that apply to the tags of a repository; none if it is excluded. */
    private Stream<TagSelection> selections(RepositoryName repository) {
        return named.of(repository)
                .map(images -> images.selections().stream().map(NamedImage.Tags::selection))
                .orElseGet(() -> ofRepository(repository.value()).isPresent() ? Stream.of() : Stream.of(selected));
    }

    /**
     * Returns the decision for each tag of a repository, in the order given. The rules for repositories do not apply to
     * one that is named, and no rule applies to a named tag or digest, whatever its age.
     *
     * @throws io.github.gcrsync.content.ContentException if the listing lacks what the selection needs
     */
    public SequencedMap<String, Decision> decide(RepositoryName repository, List<ListedTag> listed, TagAges ages) {
        SequencedMap<String, Decision> decisions = new LinkedHashMap<>();
        Optional<NamedImages.OfRepository> images = named.of(repository);
        if (images.isEmpty()) {
            Optional<Decision> whole = ofRepository(repository.value());
            listed.forEach(
                    tag -> whole.or(() -> ofTag(tag.tag())).ifPresent(dropped -> decisions.put(tag.tag(), dropped)));
            decisions.putAll(selected.decide(without(decisions.keySet(), listed), ages));
            return decisions;
        }
        listed.forEach(tag -> images.get()
                .one(tag.tag())
                .map(one -> Decision.wanted("images", "named as " + one))
                .or(() -> ofTag(tag.tag()))
                .ifPresent(decided -> decisions.put(tag.tag(), decided)));
        List<ListedTag> others = without(decisions.keySet(), listed);
        others.forEach(tag -> decisions.put(tag.tag(), NOT_NAMED));
        for (NamedImage.Tags tags : images.get().selections()) {
            tags.selection()
                    .decide(others, ages)
                    .forEach((tag, decision) -> decisions.merge(tag, decision, Decision::or));
        }
        return decisions;
    }

    private static List<ListedTag> without(Set<String> decided, List<ListedTag> listed) {
        return listed.stream().filter(tag -> !decided.contains(tag.tag())).toList();
    }

    /** Returns why the repository is excluded; empty if it is included. */
    private Optional<Decision> ofRepository(String name) {
        if (!listsSource()) {
            return Optional.of(UNNAMED_REPOSITORY);
        }
        return first(repositories, name)
                .map(rule -> Decision.dropped("exclude-repository", rule, rule))
                .or(() -> ofPatterns(name));
    }

    private Optional<Decision> ofPatterns(String name) {
        Optional<RepositoryPattern> excluding = patterns.stream()
                .filter(pattern -> pattern.isExclude() && pattern.matches(name))
                .findFirst();
        if (excluding.isPresent()) {
            return Optional.of(Decision.dropped(
                    "repositories", "repository name matches " + excluding.get(), "name matches " + excluding.get()));
        }
        List<RepositoryPattern> including =
                patterns.stream().filter(pattern -> !pattern.isExclude()).toList();
        return including.isEmpty() || including.stream().anyMatch(pattern -> pattern.matches(name))
                ? Optional.empty()
                : Optional.of(Decision.dropped(
                        "repositories",
                        "repository name matches no pattern (--include-repository)",
                        "name matches none of " + TagSelection.joined(including)));
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
