package io.github.gcrsync.rule;

import io.github.gcrsync.content.Listing;
import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.oci.RepositoryName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Finds patterns of a rule that match nothing at the source: usually a spelling mistake. */
public final class UnmatchedPatterns {
    private final MirrorRule rule;
    private final Map<RepositoryName, List<String>> byName = new LinkedHashMap<>();
    private final List<String> unmatched = new ArrayList<>();

    private UnmatchedPatterns(MirrorRule rule, Listing listing) {
        this.rule = rule;
        listing.repositories()
                .forEach(repository -> byName.put(
                        rule.source().relative(repository.name()),
                        repository.tags().stream().map(ListedTag::tag).toList()));
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
        tags("tags", selection.selected(), this::usual);
        for (NamedImage image : selection.images()) {
            if (image instanceof NamedImage.Tags named && !named.selection().equals(selection.selected())) {
                List<String> tags = byName.getOrDefault(named.repository(), List.of());
                tags(named.toString(), named.selection(), tags::stream);
            }
        }
        for (NamePattern pattern : rule.moves().fixed()) {
            check(
                    "fixed",
                    pattern,
                    byName.values().stream().flatMap(List::stream).noneMatch(pattern::matches));
        }
    }

    /** Returns the tags to which the rule's own selection applies. */
    private Stream<String> usual() {
        return byName.entrySet().stream()
                .filter(repository -> rule.selection().uses(rule.selection().selected(), repository.getKey()))
                .flatMap(repository -> repository.getValue().stream());
    }

    private void tags(String key, TagSelection selection, Supplier<Stream<String>> tags) {
        for (NamePattern pattern : selection.always()) {
            check(key + ".always", pattern, tags.get().noneMatch(pattern::matches));
        }
        for (NamePattern pattern : selection.include()) {
            check(key + ".include", pattern, tags.get().noneMatch(pattern::matches));
        }
        for (NamePattern pattern : selection.variants().orElse(List.of())) {
            check(
                    key + ".variants",
                    pattern,
                    tags.get()
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
        return byName.keySet().stream().map(RepositoryName::value);
    }
}
