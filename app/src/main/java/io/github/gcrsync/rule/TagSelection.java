package io.github.gcrsync.rule;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing.ListedTag;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Selects tags of a repository. The steps always run in this order: exclude, min-age, always, include, versions,
 * prereleases, variants, max-age, newest. A tag that {@code min-age} holds back and that a later step drops is dropped.
 *
 * @param exclude tags that are never selected
 * @param always tags that the later steps keep, and that {@code newest} does not count
 * @param include empty: all
 * @param versions of the number at the start of a tag; drops tags without a number
 * @param prereleases whether to select them; absent: only without {@code versions}
 * @param variants of the text after the number; absent: any
 * @param newest how many versions of each group to keep
 * @param by what makes a tag newer: its version, or the date of its last push
 * @param per the grouping of {@code newest}
 * @param atLeast the number of tags that a repository must have left; with fewer it fails
 * @param ages of the tags to select
 */
public record TagSelection(
        List<NamePattern> exclude,
        List<NamePattern> always,
        List<NamePattern> include,
        Optional<VersionRange> versions,
        Optional<Boolean> prereleases,
        Optional<List<NamePattern>> variants,
        Optional<Integer> newest,
        By by,
        Per per,
        int atLeast,
        AgeLimits ages) {
    public static final TagSelection ALL = new TagSelection(
            List.of(),
            List.of(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            By.VERSION,
            Per.VARIANT,
            0,
            AgeLimits.NONE);

    public enum By {
        VERSION,
        DATE
    }

    /** The groups of {@code newest}: tags of a variant, with the same two first numbers, or the whole repository. */
    public enum Per {
        VARIANT,
        MINOR,
        REPOSITORY
    }

    public TagSelection {
        exclude = List.copyOf(exclude);
        always = List.copyOf(always);
        include = List.copyOf(include);
        variants = variants.map(List::copyOf);
    }

    /**
     * The decision about one tag.
     *
     * @param heldUntil when a later run selects the tag, which only {@code min-age} holds back; empty for other tags
     * @param step the key that decided; empty if no step applied
     * @param rule the requirement of the step, the same for all tags that it drops
     * @param why the compared values, for users
     */
    public record Decision(boolean isWanted, Optional<Instant> heldUntil, String step, String rule, String why) {
        private static final Decision UNCONCERNED = wanted("", "no rule excludes it");

        static Decision dropped(String step, String rule, String why) {
            return new Decision(false, Optional.empty(), step, rule, why);
        }

        static Decision wanted(String step, String why) {
            return new Decision(true, Optional.empty(), step, "", why);
        }

        static Decision heldBack(Instant until, String rule, String why) {
            return new Decision(false, Optional.of(until), "min-age", rule, why);
        }

        /** Returns the decision for a tag whose digest could not be read: nothing is known about its age. */
        public Decision unread(ContentException reason) {
            return heldUntil.isEmpty()
                    ? this
                    : dropped(step, rule, "its digest cannot be read: " + reason.getMessage());
        }

        boolean isAlways() {
            return step.equals("always");
        }

        /** Returns the decision that selects the tag, else the one that selects it first, else the other one. */
        Decision or(Decision other) {
            Instant until = heldUntil.orElse(Instant.MAX);
            return isWanted || (!other.isWanted && until.isBefore(other.heldUntil.orElse(Instant.MAX))) ? this : other;
        }
    }

    /**
     * Returns the decision for each tag, in the order given.
     *
     * @throws ContentException.Unsupported if push dates decide and no tag has one
     */
    public SequencedMap<String, Decision> decide(List<ListedTag> tags, TagAges known) {
        SequencedMap<String, Decision> decisions = new LinkedHashMap<>();
        tags.forEach(tag -> decisions.put(tag.tag(), byName(tag.tag())));
        if (decisions.values().stream().anyMatch(decision -> decision.isWanted() && !decision.isAlways())) {
            requireDates(tags);
        }
        Map<String, Instant> held = ages.held(decisions, tags, known);
        ages.dropOld(decisions, tags, held, known);
        newest.ifPresent(most -> {
            switch (by) {
                case VERSION -> new NewestVersions(most, per).narrow(decisions, held.keySet());
                case DATE -> new NewestDates(most, per).narrow(decisions, tags, held.keySet());
            }
        });
        ages.holdBack(decisions, tags, held);
        return decisions;
    }

    /** Returns the tags that could be selected, depending on their age and on the other tags. */
    public List<ListedTag> candidates(List<ListedTag> tags) {
        return tags.stream().filter(tag -> couldSelect(tag.tag())).toList();
    }

    boolean couldSelect(String tag) {
        return byName(tag).isWanted();
    }

    /** Whether the decisions depend on dates. */
    boolean needsDates() {
        return ages.areSet() || isByDate();
    }

    private boolean isByDate() {
        return by == By.DATE && newest.isPresent();
    }

    private void requireDates(List<ListedTag> tags) {
        if ((ages.max().isPresent() || isByDate())
                && tags.stream().allMatch(tag -> TagAges.pushed(tag).isEmpty())) {
            throw new ContentException.Unsupported("the registry lists no date for any tag"
                    + (isByDate() ? "; choose the newest by version" : "; remove max-age (--max-age)"));
        }
    }

    private Decision byName(String tag) {
        Optional<NamePattern> excluded = matching(exclude, tag);
        if (excluded.isPresent()) {
            return Decision.dropped("exclude", "tag matches a pattern of exclude", "matches " + excluded.get());
        }
        Optional<NamePattern> fixed = matching(always, tag);
        if (fixed.isPresent()) {
            return Decision.wanted("always", "matches " + fixed.get());
        }
        Optional<NamePattern> included = matching(include, tag);
        if (!include.isEmpty() && included.isEmpty()) {
            return Decision.dropped(
                    "include", "tag matches no pattern (--include-tag)", "matches none of " + joined(include));
        }
        Optional<Decision> unwanted = selectsByVersion() ? byVersion(tag, TagVersion.parse(tag)) : Optional.empty();
        return unwanted.orElseGet(() -> included.map(pattern -> Decision.wanted("include", "matches " + pattern))
                .orElse(Decision.UNCONCERNED));
    }

    private boolean selectsByVersion() {
        return versions.isPresent() || prereleases.isPresent() || variants.isPresent();
    }

    /** Returns the decision to drop the tag because of its version; empty if it stays. */
    private Optional<Decision> byVersion(String tag, Optional<TagVersion> parsed) {
        if (parsed.isEmpty()) {
            return versions.isPresent()
                    ? Optional.of(outOfRange(unversioned(tag)))
                    : variants.map(_ -> ofOtherVariant(unversioned(tag)));
        }
        TagVersion version = parsed.get();
        if (versions.isPresent() && !versions.get().contains(version.number())) {
            return Optional.of(outOfRange(version.number() + " is not in " + versions.get()));
        }
        if (version.isPrerelease() && !prereleases.orElse(versions.isEmpty())) {
            return Optional.of(Decision.dropped(
                    "prereleases",
                    "version is a prerelease (--prereleases)",
                    version.prerelease() + " is a prerelease"));
        }
        if (variants.isPresent() && matching(variants.get(), version.variant()).isEmpty()) {
            return Optional.of(ofOtherVariant("'" + version.variant() + "' matches none of " + joined(variants.get())));
        }
        return Optional.empty();
    }

    private Decision outOfRange(String why) {
        return Decision.dropped("versions", "version is not in " + versions.orElseThrow() + " (--versions)", why);
    }

    private Decision ofOtherVariant(String why) {
        return Decision.dropped(
                "variants", "variant is none of " + joined(variants.orElseThrow()) + " (--variants)", why);
    }

    static String unversioned(String tag) {
        return "'" + tag + "' does not begin with a version";
    }

    private static Optional<NamePattern> matching(List<NamePattern> patterns, String name) {
        return patterns.stream().filter(pattern -> pattern.matches(name)).findFirst();
    }

    static String joined(List<?> values) {
        return String.join(", ", values.stream().map(Object::toString).toList());
    }
}
