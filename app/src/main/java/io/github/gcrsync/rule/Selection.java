package io.github.gcrsync.rule;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing;
import io.github.gcrsync.content.Listing.ListedRepository;
import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.rule.TagSelection.Decision;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The images of a source to mirror.
 *
 * @param repositories in order of name, without repositories that have no selected tag
 * @param excluded the images that are not mirrored
 * @param heldBack the images that only {@code min-age} keeps from being selected, in order of name
 * @param failures why nothing, or not enough, of a repository could be selected; names are relative to the source
 */
public record Selection(
        List<Selected> repositories,
        Excluded excluded,
        List<HeldBack> heldBack,
        SortedMap<RepositoryName, ContentException> failures) {
    /** A repository and its selected tags; {@code name} is relative to the source. */
    public record Selected(RepositoryName from, RepositoryName name, List<ListedTag> tags) {}

    /** A tag that a run selects after {@code until}; {@code name} is relative to the source. */
    public record HeldBack(RepositoryName name, ListedTag tag, Instant until) {}

    /**
     * @param ages of a repository, whose name is relative to the source
     * @param isMirror whether a source repository was created by this mirror
     * @throws NameCollisionException if two repositories have the same name relative to the source
     */
    public static Selection of(
            Listing listing,
            Source source,
            SelectionRules rules,
            Predicate<RepositoryName> isMirror,
            Function<RepositoryName, TagAges> ages) {
        Excluded excluded = new Excluded();
        List<Selected> selected = new ArrayList<>();
        List<HeldBack> heldBack = new ArrayList<>();
        SortedMap<RepositoryName, ContentException> failures = new TreeMap<>();
        // The path itself is called by its last component, which a repository below it may be called too.
        Map<RepositoryName, RepositoryName> taken = new HashMap<>();
        for (ListedRepository repository : listing.repositories()) {
            if (isMirror.test(repository.name())) {
                exclude(excluded, "image is part of the mirror", repository.name(), repository.tags());
                continue;
            }
            RepositoryName name = source.relative(repository.name());
            Map<String, Decision> decisions;
            try {
                decisions = rules.decide(name, repository.tags(), ages.apply(name));
            } catch (ContentException e) {
                failures.put(name, e);
                continue;
            }
            List<ListedTag> tags = new ArrayList<>();
            List<HeldBack> waiting = new ArrayList<>();
            Map<String, List<ListedTag>> others = new HashMap<>();
            for (ListedTag tag : repository.tags()) {
                Decision decision = Objects.requireNonNull(decisions.get(tag.tag()));
                if (decision.heldUntil().isPresent()) {
                    waiting.add(new HeldBack(name, tag, decision.heldUntil().get()));
                } else {
                    (decision.isWanted() ? tags : others.computeIfAbsent(decision.rule(), _ -> new ArrayList<>()))
                            .add(tag);
                }
            }
            heldBack.addAll(waiting);
            if (tags.size() < rules.atLeast(name)) {
                failures.put(name, tooFew(tags.size(), rules.atLeast(name), waiting.size()));
            }
            others.forEach((rule, unwantedTags) -> exclude(excluded, rule, name, unwantedTags));
            if (!tags.isEmpty()) {
                RepositoryName other = taken.put(name, repository.name());
                if (other != null) {
                    throw new NameCollisionException(other + " and " + repository.name() + " would both be mirrored as "
                            + name + "; use another source path (--namespace)");
                }
                selected.add(new Selected(repository.name(), name, tags));
            }
        }
        excluded.add("name is not a valid one", "", listing.invalid());
        return new Selection(selected, excluded, heldBack, failures);
    }

    private static ContentException tooFew(int selected, int required, int waiting) {
        return new ContentException.NotFound("it has " + selected + " selected tags, and --at-least requires "
                + required + (waiting == 0 ? "" : "; --min-age holds back " + waiting));
    }

    private static void exclude(Excluded excluded, String rule, RepositoryName name, List<ListedTag> tags) {
        excluded.add(rule, name + ":", tags.stream().map(ListedTag::tag).toList());
    }
}
