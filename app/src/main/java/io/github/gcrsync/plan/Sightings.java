package io.github.gcrsync.plan;

import io.github.gcrsync.content.Listing;
import io.github.gcrsync.content.Listing.ListedRepository;
import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.ledger.ImageKey;
import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.ledger.Recorded;
import io.github.gcrsync.ledger.Sighting;
import io.github.gcrsync.ledger.Sighting.State;
import io.github.gcrsync.oci.DigestTags;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.rule.NamedImage;
import io.github.gcrsync.rule.Selection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds what became of recorded images at the source. */
public final class Sightings {
    private final MirrorRule rule;

    public Sightings(MirrorRule rule) {
        this.rule = rule;
    }

    /**
     * What a run records of them.
     *
     * @param changed images whose state is not recorded yet
     * @param gone number of recorded images that the source no longer has, with those of earlier runs
     * @param unselected number of recorded images that are not gone and that the rule no longer selects, like {@code gone}
     */
    public record Marks(List<Sighting> changed, int gone, int unselected) {
        public static final Marks NONE = new Marks(List.of(), 0, 0);

        public Marks {
            changed = List.copyOf(changed);
        }
    }

    /**
     * Images of other shards, of repositories that could not be listed or selected from, and images that failed are not
     * among the results: nothing is known about them.
     *
     * @param listing of the source, without the tags of referrers
     * @param gone selected tags that the source lists without a manifest
     * @param failed {@code name:tag} or {@code name} of what could not be read
     * @param recorded in sorted order
     * @param each receives the state of each image about which it is known
     */
    public void of(
            Listing listing,
            Selection selection,
            Set<ImageKey> gone,
            Set<String> failed,
            Stream<Recorded> recorded,
            BiConsumer<Recorded, State> each) {
        Known known = new Known(listing, selection, gone, failed);
        recorded.forEachOrdered(image -> known.state(image).ifPresent(state -> each.accept(image, state)));
    }

    /** @param failures those of the destination do not matter */
    Marks marks(
            Listing listing,
            Selection selection,
            Collection<ImageKey> gone,
            Collection<Failure> failures,
            Ledger ledger) {
        Set<String> failed = failures.stream()
                .filter(failure -> failure.side() == Side.SOURCE)
                .map(Failure::what)
                .collect(Collectors.toSet());
        Known known = new Known(listing, selection, Set.copyOf(gone), failed);
        List<Sighting> changed = new ArrayList<>();
        Map<State, Integer> counts = new EnumMap<>(State.class);
        ledger.recorded().forEachOrdered(image -> {
            Optional<State> state = known.state(image);
            state.filter(now -> !image.attributes().areOf(now)).ifPresent(now -> changed.add(Sighting.of(image, now)));
            counts.merge(state.orElseGet(image.attributes()::state), 1, Integer::sum);
        });
        return new Marks(changed, counts.getOrDefault(State.GONE, 0), counts.getOrDefault(State.UNSELECTED, 0));
    }

    /** What is known of the source. There may be a million images, so only one repository's tags are looked at at a time. */
    private final class Known {
        private final Map<RepositoryName, List<ListedRepository>> listed;
        private final Map<RepositoryName, Selection.Selected> selected;
        private final Map<RepositoryName, List<Selection.HeldBack>> heldBack;
        private final Set<RepositoryName> unread = new HashSet<>();
        private final List<RepositoryName> unreadAtSource;
        private final Set<ImageKey> gone;
        private final Set<String> failed;
        private final boolean isAllListed;
        private @Nullable OfRepository latest;

        Known(Listing listing, Selection selection, Set<ImageKey> gone, Set<String> failed) {
            this.listed = listing.repositories().stream()
                    .collect(Collectors.groupingBy(repository -> rule.source().relative(repository.name())));
            this.selected = selection.repositories().stream()
                    .collect(Collectors.toMap(Selection.Selected::name, repository -> repository));
            this.heldBack = selection.heldBack().stream().collect(Collectors.groupingBy(Selection.HeldBack::name));
            this.unreadAtSource =
                    listing.failures().stream().map(Listing.Failure::repository).toList();
            unreadAtSource.forEach(name -> unread.add(rule.source().relative(name)));
            unread.addAll(selection.failures().keySet());
            this.gone = gone;
            this.failed = failed;
            this.isAllListed = isAllListed(listing);
        }

        /** If a registry refuses to list what is below the path, the listing has nothing but the repository at the path. */
        private boolean isAllListed(Listing listing) {
            Set<RepositoryName> named = rule.selection().images().stream()
                    .map(NamedImage::repository)
                    .map(rule.source()::full)
                    .collect(Collectors.toSet());
            List<RepositoryName> found = Stream.concat(
                            listing.repositories().stream().map(ListedRepository::name), listing.others().stream())
                    .filter(name -> !named.contains(name))
                    .toList();
            return found.isEmpty()
                    || !found.stream().allMatch(name -> rule.source().path().equals(Optional.of(name)));
        }

        Optional<State> state(Recorded image) {
            OfRepository repository = latest;
            if (repository == null || !repository.name.equals(image.name())) {
                repository = new OfRepository(image.name());
                latest = repository;
            }
            return repository.isKnown && !failed.contains(image.image()) ? repository.state(image) : Optional.empty();
        }

        private final class OfRepository {
            private final RepositoryName name;
            private final boolean isKnown;
            private final Set<String> tags;
            private final Set<String> wanted = new HashSet<>();

            OfRepository(RepositoryName name) {
                this.name = name;
                this.isKnown = rule.isInShard(name) && !unread.contains(name) && !failed.contains(name.value());
                this.tags = listed.getOrDefault(name, List.of()).stream()
                        .flatMap(repository -> repository.tags().stream())
                        .map(ListedTag::tag)
                        .collect(Collectors.toSet());
                Optional.ofNullable(selected.get(name))
                        .ifPresent(repository -> repository.tags().forEach(tag -> wanted.add(tag.tag())));
                heldBack.getOrDefault(name, List.of())
                        .forEach(held -> wanted.add(held.tag().tag()));
            }

            Optional<State> state(Recorded image) {
                String reference = image.reference();
                if (gone.contains(new ImageKey(name, reference))) {
                    return Optional.of(State.GONE);
                }
                if (wanted.contains(reference)) {
                    return Optional.of(State.SELECTED);
                }
                if (DigestTags.isOne(reference)) {
                    return Optional.empty(); // The listing has no tags of referrers.
                }
                if (ImageKey.isDigest(reference)
                        || tags.contains(reference)
                        || !rule.selection().lists(name)) {
                    return Optional.of(State.UNSELECTED);
                }
                return listed.containsKey(name) || isMissing() ? Optional.of(State.GONE) : Optional.empty();
            }

            /** gcr.io shows what is below a repository only if that can be listed. */
            private boolean isMissing() {
                return isAllListed
                        && unreadAtSource.stream().noneMatch(rule.source().full(name)::isUnder);
            }
        }
    }
}
