package io.github.gcrsync.rule;

import io.github.gcrsync.content.Listing;
import io.github.gcrsync.content.Listing.ListedRepository;
import io.github.gcrsync.content.Listing.ListedTag;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Finds patterns of a rule that match nothing at the source: usually a spelling mistake. */
public final class UnmatchedPatterns {
    private final MirrorRule rule;
    private final Listing listing;
    private final List<String> unmatched = new ArrayList<>();

    private UnmatchedPatterns(MirrorRule rule, Listing listing) {
        this.rule = rule;
        this.listing = listing;
    }

    /**
     * Returns each pattern with its key. Patterns that exclude may match nothing; and of a source that is listed in
     * part only, nothing is known.
     */
    public static List<String> of(MirrorRule rule, Listing listing) {
        UnmatchedPatterns patterns = new UnmatchedPatterns(rule, listing);
        if (listing.failures().isEmpty()) {
            patterns.find();
        }
        return patterns.unmatched;
    }

    private void find() {
        SelectionRules selection = rule.selection();
        for (RepositoryPattern pattern : selection.patterns()) {
            if (!pattern.isExclude()) {
                check("repositories", pattern, names().noneMatch(pattern::matches));
            }
        }
        if (selection.listsSource()) {
            tags("tags", selection.selected(), repository -> true);
        }
        for (NamedImage image : selection.images()) {
            if (image instanceof NamedImage.Tags named && !named.selection().equals(selection.selected())) {
                tags(
                        named.toString(),
                        named.selection(),
                        repository -> rule.source().relative(repository.name()).equals(named.repository()));
            }
        }
        for (NamePattern pattern : rule.moves().fixed()) {
            check("fixed", pattern, tags(repository -> true).noneMatch(pattern::matches));
        }
    }

    private void tags(String key, TagSelection selection, Predicate<ListedRepository> repositories) {
        for (NamePattern pattern : selection.always()) {
            check(key + ".always", pattern, tags(repositories).noneMatch(pattern::matches));
        }
        for (NamePattern pattern : selection.include()) {
            check(key + ".include", pattern, tags(repositories).noneMatch(pattern::matches));
        }
        for (NamePattern pattern : selection.variants().orElse(List.of())) {
            check(
                    key + ".variants",
                    pattern,
                    tags(repositories)
                            .flatMap(tag -> TagVersion.parse(tag).stream())
                            .noneMatch(version -> pattern.matches(version.variant())));
        }
    }

    private void check(String key, Object pattern, boolean isUnmatched) {
        if (isUnmatched) {
            unmatched.add(pattern + " (" + key + ")");
        }
    }

    private Stream<String> names() {
        return listing.repositories().stream()
                .map(repository -> rule.source().relative(repository.name()).value());
    }

    private Stream<String> tags(Predicate<ListedRepository> repositories) {
        return listing.repositories().stream()
                .filter(repositories)
                .flatMap(repository -> repository.tags().stream())
                .map(ListedTag::tag);
    }
}
