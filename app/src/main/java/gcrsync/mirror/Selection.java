package gcrsync.mirror;

import gcrsync.config.SelectionRules;
import gcrsync.content.Listing;
import gcrsync.content.Listing.ListedRepository;
import gcrsync.content.Listing.ListedTag;
import gcrsync.oci.RepositoryName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The images of a namespace that are wanted.
 *
 * @param repositories in order of name, those without wanted tags left out
 * @param leftOut how many images were not wanted, by reason
 */
record Selection(List<Selected> repositories, SortedMap<String, Integer> leftOut) {
    /** A repository and those of its tags that are wanted; name is relative to the namespace. */
    record Selected(RepositoryName from, RepositoryName name, List<ListedTag> tags) {}

    /**
     * @param isMirror whether a repository of the source is one that the mirror itself makes there
     * @throws NameCollisionException if two repositories have one name relative to the namespace
     */
    static Selection of(
            Listing listing, RepositoryName namespace, SelectionRules rules, Predicate<RepositoryName> isMirror) {
        SortedMap<String, Integer> leftOut = new TreeMap<>();
        List<Selected> selected = new ArrayList<>();
        // The namespace itself goes by its last component, which something below it may be called too.
        Map<RepositoryName, RepositoryName> taken = new HashMap<>();
        for (ListedRepository repository : listing.repositories()) {
            if (isMirror.test(repository.name())) {
                count(leftOut, "image is part of the mirror", repository.tags().size());
                continue;
            }
            RepositoryName name = repository.name().relativeTo(namespace);
            Optional<String> unwanted = rules.excludesRepository(name.value());
            if (unwanted.isPresent()) {
                count(leftOut, unwanted.get(), repository.tags().size());
                continue;
            }
            List<ListedTag> tags = new ArrayList<>();
            for (ListedTag tag : repository.tags()) {
                Optional<String> reason = rules.excludesTag(tag.tag());
                reason.ifPresentOrElse(r -> count(leftOut, r, 1), () -> tags.add(tag));
            }
            if (!tags.isEmpty()) {
                RepositoryName other = taken.put(name, repository.name());
                if (other != null) {
                    throw new NameCollisionException(other + " and " + repository.name()
                            + " would both be mirrored as " + name + "; give another --namespace");
                }
                selected.add(new Selected(repository.name(), name, tags));
            }
        }
        count(leftOut, "name is not a valid one", listing.invalid().size());
        return new Selection(selected, leftOut);
    }

    private static void count(SortedMap<String, Integer> leftOut, String reason, int images) {
        if (images > 0) {
            leftOut.merge(reason, images, Integer::sum);
        }
    }
}
