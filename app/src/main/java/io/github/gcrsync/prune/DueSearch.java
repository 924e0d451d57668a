package io.github.gcrsync.prune;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing;
import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.ledger.ImageKey;
import io.github.gcrsync.ledger.Recorded;
import io.github.gcrsync.ledger.Sighting;
import io.github.gcrsync.ledger.Sighting.State;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.plan.DatedListing;
import io.github.gcrsync.plan.Sightings;
import io.github.gcrsync.prune.PruneRule.When;
import io.github.gcrsync.rule.DestinationNames.Target;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.rule.Selection;
import io.github.gcrsync.tasks.Tasks;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds which recorded images are due, by the listing of the source and the ledger. That an image is gone must be
 * confirmed by the source, since a list may be incomplete; that costs a HEAD for each of them.
 */
final class DueSearch {
    private final MirrorRule rule;
    private final PruneRule prune;
    private final Pruning.Places places;
    private final Instant now;
    private final List<Recorded> recorded;

    private final List<DueImage> due = new ArrayList<>();
    private final List<DueImage> toConfirm = new ArrayList<>();
    private final List<Staying> staying = new ArrayList<>();
    private final List<Sighting> changed = new ArrayList<>();
    private Optional<Instant> next = Optional.empty();
    private int waiting;
    private int recentlyGone;

    DueSearch(MirrorRule rule, PruneRule prune, Pruning.Places places, Instant now) {
        this.rule = rule;
        this.prune = prune;
        this.places = places;
        this.now = now;
        this.recorded = places.ledger()
                .recorded()
                .filter(image -> rule.isInShard(image.name()))
                .toList();
    }

    Due search(DatedListing dated, Selection selection) {
        Listing listing = dated.listing();
        Set<String> unread =
                dated.unread().keySet().stream().map(ImageKey::toString).collect(Collectors.toSet());
        Optional<String> failure = failure(listing, selection);
        new Sightings(rule)
                .of(listing, selection, listedWithoutManifest(listing), unread, recorded.stream(), this::sighted);
        Optional<String> blocked = failure.or(this::excess);
        if (blocked.isEmpty()) {
            confirmGone();
        }
        due.sort(Comparator.comparing(DueImage::name));
        staying.sort(Comparator.comparing(Staying::image));
        return new Due(
                failure.isPresent() ? List.of() : due, staying, waiting, next, recorded.size(), changed, blocked);
    }

    /** A list that is missing or too short must not look like a deletion. */
    private Optional<String> failure(Listing listing, Selection selection) {
        return Stream.concat(
                        listing.failures().stream()
                                .map(each -> rule.source().relative(each.repository()) + ": "
                                        + each.reason().getMessage()),
                        selection.failures().entrySet().stream()
                                .map(each ->
                                        each.getKey() + ": " + each.getValue().getMessage()))
                .findFirst()
                .map(first -> "the source could not be listed completely: " + first);
    }

    private Optional<String> excess() {
        String limit = "more than --at-most " + prune.limit();
        if (prune.isExceededBy(due.size(), recorded.size())) {
            return Optional.of(
                    "%d of %d recorded images would be deleted, %s; check the list, and raise --at-most if it is right"
                            .formatted(due.size(), recorded.size(), limit));
        }
        return due.isEmpty() || !prune.isExceededBy(recentlyGone, recorded.size())
                ? Optional.empty()
                : Optional.of(
                        "the source has lost %d of %d recorded images within %s, %s; check the source, and raise --at-most if it is right"
                                .formatted(recentlyGone, recorded.size(), prune.time(), limit));
    }

    /** Returns the tags recorded as gone that the source lists, and still does not have. */
    private Set<ImageKey> listedWithoutManifest(Listing listing) {
        Set<String> listed = new HashSet<>();
        listing.repositories()
                .forEach(repository -> repository
                        .tags()
                        .forEach(tag ->
                                listed.add(ImageKey.text(rule.source().relative(repository.name()), tag.tag()))));
        List<Recorded> marked = recorded.stream()
                .filter(image -> image.attributes().gone().isPresent() && listed.contains(image.image()))
                .toList();
        Set<ImageKey> gone = ConcurrentHashMap.newKeySet();
        Tasks.forEach(marked, places.requestsInFlight(), image -> {
            if (presence(image).equals(Presence.ABSENT)) {
                gone.add(new ImageKey(image.name(), image.reference()));
            }
        });
        return gone;
    }

    private void sighted(Recorded image, State state) {
        Map<When, Instant> since = new EnumMap<>(When.class);
        Optional<Instant> gone = image.attributes().gone();
        Optional<Instant> unselected = image.attributes().unselected();
        switch (state) {
            case SELECTED -> {}
            case GONE -> {
                since.put(When.GONE, gone.orElse(now));
                unselected.filter(_ -> isExcluded(image)).ifPresent(time -> since.put(When.UNSELECTED, time));
                recentlyGone += gone.orElse(now).plus(prune.after()).isAfter(now) ? 1 : 0;
            }
            case UNSELECTED -> since.put(When.UNSELECTED, unselected.orElse(now));
        }
        boolean isKnown = switch (state) {
            case SELECTED -> gone.isEmpty() && unselected.isEmpty();
            case GONE -> gone.isPresent();
            case UNSELECTED -> gone.isEmpty() && unselected.isPresent();
        };
        if (!isKnown) {
            changed.add(Sighting.of(image, state));
        }
        since.keySet().retainAll(prune.when());
        since.entrySet().stream()
                .min(Map.Entry.comparingByValue())
                .ifPresent(first -> add(image, state == State.GONE, first.getKey(), first.getValue()));
    }

    private void add(Recorded image, boolean isGone, When why, Instant since) {
        Instant end = since.plus(prune.after());
        boolean isDue = !end.isAfter(now);
        Optional<String> stays = prune.keeps(image.image(), image.reference())
                ? Optional.of("a pattern of keep matches")
                : image.attributes().isCopied()
                        ? Optional.empty()
                        : Optional.of("gcrsync found it there and did not copy it");
        if (stays.isPresent()) {
            if (isDue) {
                staying.add(new Staying(image.image(), image.stored(), stays.get()));
            }
        } else if (isDue) {
            addDue(image, isGone, why, since);
        } else {
            waiting++;
            next = Optional.of(next.filter(end::isAfter).orElse(end));
        }
    }

    private void addDue(Recorded image, boolean isGone, When why, Instant since) {
        try {
            Target target = rule.names().of(image.name(), image.reference());
            DueImage found = new DueImage(image, target, why, since);
            due.add(found);
            if (isGone) {
                toConfirm.add(found);
            }
        } catch (IllegalArgumentException e) {
            staying.add(new Staying(image.image(), image.stored(), "it has no valid name at the destination"));
        }
    }

    private enum Presence {
        PRESENT,
        ABSENT,
        UNKNOWN
    }

    private void confirmGone() {
        Map<DueImage, Presence> found = new ConcurrentHashMap<>();
        Tasks.forEach(toConfirm, places.requestsInFlight(), image -> found.put(image, presence(image.image())));
        found.forEach((image, presence) -> {
            if (presence != Presence.ABSENT) {
                due.remove(image);
                changed.removeIf(
                        sighting -> sighting.reference().equals(image.image().reference())
                                && sighting.name().equals(image.image().name()));
                staying.add(Staying.because(
                        image,
                        presence == Presence.PRESENT
                                ? "the source does not list it, but still has it"
                                : "the source does not say whether it has it"));
            }
        });
    }

    /** Registries deny access to a repository that is hidden or deleted, so a refusal says nothing. */
    private Presence presence(Recorded image) {
        Presence presence = Presence.ABSENT;
        for (RepositoryName name : sourceNames(image.name())) {
            try {
                if (places.source().repository(name).resolve(image.reference()).isPresent()) {
                    return Presence.PRESENT;
                }
            } catch (ContentException e) {
                places.sides().check(Side.SOURCE, e);
                presence = Presence.UNKNOWN;
            }
        }
        return presence;
    }

    /** Whether the rule would not select the image even if the source had it. */
    private boolean isExcluded(Recorded image) {
        return rule.selection()
                .candidates(image.name(), List.of(new ListedTag(image.reference(), Optional.empty())))
                .isEmpty();
    }

    /** A repository below the source can have the same relative name as the one at its path. */
    private List<RepositoryName> sourceNames(RepositoryName name) {
        return Stream.concat(
                        Stream.of(rule.source().full(name)),
                        rule.source().path().stream()
                                .filter(path -> rule.source().relative(path).equals(name)))
                .distinct()
                .toList();
    }
}
