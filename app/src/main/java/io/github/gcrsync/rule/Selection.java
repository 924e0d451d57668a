package io.github.gcrsync.rule;

import io.github.gcrsync.content.Listing;
import io.github.gcrsync.content.Listing.ListedRepository;
import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.oci.RepositoryName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The images of a namespace that are wanted.
 *
 * @param repositories in order of name, without those that have no wanted tags
 * @param excluded the images that are not wanted
 */
public record Selection(List<Selected> repositories, Excluded excluded) {
    /** A repository and those of its tags that are wanted; name is relative to the namespace. */
    public record Selected(RepositoryName from, RepositoryName name, List<ListedTag> tags) {}

    /**
     * @param isMirror whether a repository of the source is one that the mirror itself makes there
     * @throws NameCollisionException if two repositories have one name relative to the namespace
     */
    public static Selection of(
            Listing listing, RepositoryName namespace, SelectionRules rules, Predicate<RepositoryName> isMirror) {
        Excluded excluded = new Excluded();
        List<Selected> selected = new ArrayList<>();
        // The namespace itself goes by its last component, which something below it may be called too.
        Map<RepositoryName, RepositoryName> taken = new HashMap<>();
        for (ListedRepository repository : listing.repositories()) {
            if (isMirror.test(repository.name())) {
                exclude(excluded, "image is part of the mirror", repository.name(), repository.tags());
                continue;
            }
            RepositoryName name = repository.name().relativeTo(namespace);
            Optional<String> unwanted = rules.excludesRepository(name.value());
            if (unwanted.isPresent()) {
                exclude(excluded, unwanted.get(), name, repository.tags());
                continue;
            }
            List<ListedTag> tags = new ArrayList<>();
            Map<String, List<ListedTag>> others = new HashMap<>();
            for (ListedTag tag : repository.tags()) {
                Optional<String> rule = rules.excludesTag(tag.tag());
                rule.map(r -> others.computeIfAbsent(r, _ -> new ArrayList<>()))
                        .orElse(tags)
                        .add(tag);
            }
            others.forEach((rule, unwantedTags) -> exclude(excluded, rule, name, unwantedTags));
            if (!tags.isEmpty()) {
                RepositoryName other = taken.put(name, repository.name());
                if (other != null) {
                    throw new NameCollisionException(other + " and " + repository.name() + " would both be mirrored as "
                            + name + "; give another --namespace");
                }
                selected.add(new Selected(repository.name(), name, tags));
            }
        }
        excluded.add("name is not a valid one", "", listing.invalid());
        return new Selection(selected, excluded);
    }

    private static void exclude(Excluded excluded, String rule, RepositoryName name, List<ListedTag> tags) {
        excluded.add(rule, name + ":", tags.stream().map(ListedTag::tag).toList());
    }
}
