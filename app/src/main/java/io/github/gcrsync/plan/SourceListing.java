package io.github.gcrsync.plan;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing;
import io.github.gcrsync.content.Listing.ListedRepository;
import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.rule.NamedImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Lists what a rule needs of its source. Repositories that the rule names are listed one by one, so the registry needs
 * no catalog; images that it names by tag or digest cost no request.
 */
public final class SourceListing {
    private static final Listing NOTHING = new Listing(List.of(), List.of(), List.of());

    private SourceListing() {}

    public static Listing of(Store source, MirrorRule rule) {
        Listing below = rule.selection().listsSource()
                ? source.list(name -> rule.isInShard(rule.source().relative(name)))
                : NOTHING;
        SortedSet<RepositoryName> others = new TreeSet<>(below.others());
        SortedMap<RepositoryName, List<ListedTag>> repositories = new TreeMap<>();
        below.repositories().forEach(repository -> repositories.put(repository.name(), repository.tags()));
        rule.selection().images().stream()
                .map(NamedImage::repository)
                .filter(name -> !rule.isInShard(name))
                .forEach(name -> others.add(rule.source().full(name)));
        List<RepositoryName> unlisted = own(rule)
                .filter(NamedImage.Tags.class::isInstance)
                .map(image -> rule.source().full(image.repository()))
                .filter(name -> !repositories.containsKey(name))
                .distinct()
                .toList();
        Listing named = unlisted.isEmpty() ? NOTHING : source.list(unlisted);
        named.repositories().forEach(repository -> repositories.put(repository.name(), repository.tags()));
        addNamed(rule, repositories);
        return new Listing(
                repositories.entrySet().stream()
                        .map(entry -> new ListedRepository(entry.getKey(), entry.getValue()))
                        .toList(),
                both(below.invalid(), named.invalid()),
                both(below.failures(), named.failures()),
                List.copyOf(others));
    }

    /**
     * Lists the tags of one repository.
     *
     * @param name relative to the source
     */
    public static Listing ofOne(Store source, MirrorRule rule, RepositoryName name) {
        RepositoryName full = rule.source()
                .path()
                .filter(path -> rule.source().relative(path).equals(name))
                .filter(path -> !source.list(List.of(path)).repositories().isEmpty())
                .orElseGet(() -> rule.source().full(name));
        Listing listed = source.list(List.of(full));
        listed.failures().stream()
                .map(Listing.Failure::reason)
                .filter(reason -> !(reason instanceof ContentException.NotFound))
                .findFirst()
                .ifPresent(reason -> {
                    throw reason;
                });
        SortedMap<RepositoryName, List<ListedTag>> tags = new TreeMap<>();
        listed.repositories().forEach(repository -> tags.put(repository.name(), repository.tags()));
        addNamed(rule, tags);
        return new Listing(
                List.of(new ListedRepository(full, tags.getOrDefault(full, List.of()))), List.of(), List.of());
    }

    private static Stream<NamedImage> own(MirrorRule rule) {
        return rule.selection().images().stream().filter(image -> rule.isInShard(image.repository()));
    }

    private static void addNamed(MirrorRule rule, Map<RepositoryName, List<ListedTag>> repositories) {
        Map<RepositoryName, List<ListedTag>> named = new LinkedHashMap<>();
        own(rule).forEach(image -> {
            if (image instanceof NamedImage.One one) {
                named.computeIfAbsent(rule.source().full(one.repository()), _ -> new ArrayList<>())
                        .add(one.listed());
            }
        });
        named.forEach((name, tags) -> repositories.put(name, merged(repositories.getOrDefault(name, List.of()), tags)));
    }

    /** A named digest replaces the one that the tag points to; a named tag keeps what the listing says about it. */
    private static List<ListedTag> merged(List<ListedTag> listed, List<ListedTag> named) {
        SortedMap<String, ListedTag> byTag = new TreeMap<>();
        listed.forEach(tag -> byTag.put(tag.tag(), tag));
        named.forEach(tag ->
                byTag.merge(tag.tag(), tag, (known, other) -> other.digest().isPresent() ? other : known));
        return List.copyOf(byTag.values());
    }

    private static <T> List<T> both(List<T> one, List<T> other) {
        List<T> all = new ArrayList<>(one);
        all.addAll(other);
        return all;
    }
}
