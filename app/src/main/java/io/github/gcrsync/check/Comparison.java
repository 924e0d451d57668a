package io.github.gcrsync.check;

import io.github.gcrsync.check.Compared.State;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing;
import io.github.gcrsync.content.Listing.ListedRepository;
import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.content.TagDetails;
import io.github.gcrsync.copy.CopyException;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.DigestTags;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.plan.CopyTask;
import io.github.gcrsync.plan.DatedListing;
import io.github.gcrsync.plan.Failure;
import io.github.gcrsync.plan.Planner;
import io.github.gcrsync.plan.Sides;
import io.github.gcrsync.rule.DestinationNames;
import io.github.gcrsync.rule.DestinationNames.Target;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.tasks.Tasks;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;

/**
 * Compares the selected images of a source with the destination itself, never with the ledger. It asks for manifests
 * only by HEAD, which no registry counts as a pull, unless all referrers are to be compared.
 */
public final class Comparison {
    private final Planner planner;
    private final MirrorRule rule;
    private final DestinationNames names;
    private final Store destination;
    private final ReferrerComparison referrers;
    private final Sides sides;
    private final int requestsInFlight;

    public Comparison(
            Planner planner,
            MirrorRule rule,
            Store destination,
            ReferrerComparison referrers,
            Sides sides,
            int requestsInFlight) {
        this.referrers = referrers;
        this.planner = planner;
        this.rule = rule;
        this.names = rule.names();
        this.destination = destination;
        this.sides = sides;
        this.requestsInFlight = requestsInFlight;
    }

    /**
     * @param source its complete listing
     * @param mirror the complete listing of the destination, if it can list; otherwise the repositories that correspond
     *     to the source's are queried one by one
     * @param stored adds the digest at the destination if it is known to differ
     * @return in order of image names
     * @throws CopyException if a side failed as a whole, since every image would be unknown
     */
    public List<Compared> compare(DatedListing source, Optional<Listing> mirror, UnaryOperator<CopyTask> stored) {
        Listing listing = source.listing();
        List<CopyTask> images = new ArrayList<>();
        Planner.Wanted wanted = planner.wanted(source, image -> images.add(stored.apply(image)));
        sides.check(wanted.failures());
        Map<RepositoryName, Tags> destinationTags = mirror.map(Comparison::tags).orElseGet(() -> ask(listing));
        Collection<Compared> results = new ConcurrentLinkedQueue<>();
        for (Failure failure : wanted.failures()) {
            results.add(unknown(
                    failure.what(),
                    Optional.empty(),
                    failure.side().name().toLowerCase(Locale.ROOT) + ": "
                            + failure.reason().getMessage()));
        }
        wanted.gone()
                .forEach(image -> results.add(new Compared(
                        image.toString(), State.GONE, Optional.empty(), Optional.empty(), Optional.empty())));
        addDigests(images, destinationTags);
        Tasks.forEach(images, requestsInFlight, image -> results.add(compare(image, destinationTags)));
        results.addAll(extra(listing, destinationTags));
        return results.stream()
                .sorted(Comparator.comparing(Compared::image).thenComparing(Compared::state))
                .toList();
    }

    /** The tags of a destination repository with the digests of the listing, or why they are unknown. */
    private record Tags(Map<String, Optional<Digest>> digests, Optional<String> unknown) {}

    /** Reads digests that the listing lacks from lists, where that is cheaper than a request per tag. */
    private void addDigests(List<CopyTask> images, Map<RepositoryName, Tags> destinationTags) {
        if (!destination.listsDigests()) {
            return;
        }
        Map<RepositoryName, Set<String>> unknown = new HashMap<>();
        for (CopyTask image : images) {
            Tags tags = destinationTags.get(image.to());
            Optional<Digest> listed = tags == null ? null : tags.digests().get(image.toTag());
            if (listed != null && listed.isEmpty()) {
                unknown.computeIfAbsent(image.to(), _ -> new HashSet<>()).add(image.toTag());
            }
        }
        Tasks.forEach(List.copyOf(unknown.entrySet()), requestsInFlight, repository -> {
            Tags tags = Objects.requireNonNull(destinationTags.get(repository.getKey()));
            try {
                TagDetails details = destination.listedDetails(repository.getKey(), repository.getValue(), false);
                repository.getValue().forEach(tag -> tags.digests().put(tag, details.digest(tag)));
            } catch (ContentException e) {
                return; // Requests for the tags will say why.
            }
        });
    }

    private Compared compare(CopyTask image, Map<RepositoryName, Tags> destinationTags) {
        Tags tags = destinationTags.getOrDefault(image.to(), new Tags(Map.of(), Optional.empty()));
        if (tags.unknown().isPresent()) {
            return unknown(
                    image.image(), Optional.of(image.digest()), tags.unknown().get());
        }
        // A list of tags says nothing about an image without a tag.
        Optional<Digest> listed = Digest.isValid(image.toTag())
                ? Optional.empty()
                : tags.digests().get(image.toTag());
        if (listed == null) {
            return new Compared(
                    image.image(), State.MISSING, Optional.of(image.digest()), Optional.empty(), Optional.empty());
        }
        try {
            Optional<Digest> found = listed.isPresent()
                    ? listed
                    : destination
                            .repository(image.to())
                            .resolve(image.reference())
                            .map(Descriptor::digest);
            State state =
                    found.isEmpty() ? State.MISSING : found.get().equals(image.stored()) ? State.SAME : State.DIFFERENT;
            Compared compared =
                    new Compared(image.image(), state, Optional.of(image.digest()), found, Optional.empty());
            return state == State.SAME ? withReferrers(compared, image, tags) : compared;
        } catch (ContentException.Incomplete e) {
            return new Compared(
                    image.image(),
                    State.DAMAGED,
                    Optional.of(image.digest()),
                    Optional.empty(),
                    Optional.of("destination: " + e.getMessage()));
        } catch (RuntimeException e) {
            ContentException reason = known(e);
            return unknown(image.image(), Optional.of(image.digest()), "destination: " + reason.getMessage());
        }
    }

    private Compared withReferrers(Compared same, CopyTask image, Tags tags) {
        try {
            Set<String> missing = referrers.missing(image, tags.digests().keySet());
            return missing.isEmpty()
                    ? same
                    : new Compared(
                            same.image(),
                            State.INCOMPLETE,
                            same.source(),
                            same.destination(),
                            Optional.of(
                                    "without " + missing.size() + " of its referrers: " + String.join(", ", missing)));
        } catch (ContentException e) {
            return unknown(same.image(), same.source(), "referrers: " + e.getMessage());
        }
    }

    /**
     * Returns destination images whose names match no source image, included or excluded; of repositories only whose
     * tags are listed.
     */
    private List<Compared> extra(Listing listing, Map<RepositoryName, Tags> destinationTags) {
        Set<Target> expected = new HashSet<>();
        Set<RepositoryName> unlisted = new HashSet<>();
        for (ListedRepository repository : listing.repositories()) {
            boolean isListed = rule.selection().lists(rule.source().relative(repository.name()));
            for (ListedTag tag : repository.tags()) {
                target(repository.name(), tag.tag()).ifPresent(target -> {
                    expected.add(target);
                    if (!isListed) {
                        unlisted.add(target.repository());
                    }
                });
            }
        }
        List<Compared> extra = new ArrayList<>();
        destinationTags.forEach((repository, tags) -> tags.digests().forEach((tag, digest) -> {
            // What belongs to images is none, and a registry without the referrers API has more of it than its source.
            if (!DigestTags.isOne(tag)
                    && !unlisted.contains(repository)
                    && !expected.contains(new Target(repository, tag))) {
                extra.add(
                        new Compared(repository + ":" + tag, State.EXTRA, Optional.empty(), digest, Optional.empty()));
            }
        }));
        return extra;
    }

    private static Map<RepositoryName, Tags> tags(Listing mirror) {
        Map<RepositoryName, Tags> all = new HashMap<>();
        for (ListedRepository repository : mirror.repositories()) {
            Map<String, Optional<Digest>> digests = new HashMap<>();
            repository.tags().forEach(tag -> digests.put(tag.tag(), tag.digest()));
            all.put(repository.name(), new Tags(digests, Optional.empty()));
        }
        mirror.failures()
                .forEach(f -> all.put(
                        f.repository(),
                        new Tags(
                                Map.of(),
                                Optional.of("destination: " + f.reason().getMessage()))));
        return all;
    }

    private Map<RepositoryName, Tags> ask(Listing listing) {
        Set<RepositoryName> repositories = new HashSet<>();
        for (ListedRepository repository : listing.repositories()) {
            for (ListedTag tag : repository.tags()) {
                target(repository.name(), tag.tag()).map(Target::repository).ifPresent(repositories::add);
            }
        }
        Map<RepositoryName, Tags> all = new ConcurrentHashMap<>();
        Tasks.forEach(List.copyOf(repositories), requestsInFlight, repository -> {
            try {
                Map<String, Optional<Digest>> digests = new HashMap<>();
                destination
                        .details(repository)
                        .tags()
                        .forEach((tag, details) ->
                                digests.put(tag, destination.isLocal() ? Optional.empty() : details.digest()));
                all.put(repository, new Tags(digests, Optional.empty()));
            } catch (RuntimeException e) {
                ContentException reason = known(e);
                all.put(repository, new Tags(Map.of(), Optional.of("destination: " + reason.getMessage())));
            }
        });
        return all;
    }

    private Optional<Target> target(RepositoryName name, String tag) {
        if (names.isMirror(name)) {
            return Optional.empty();
        }
        try {
            return Optional.of(names.of(rule.source().relative(name), tag));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // An invalid name cannot exist at the destination.
        }
    }

    /** Returns why one image is unknown; throws if the whole destination failed. */
    private ContentException known(RuntimeException e) {
        ContentException reason = ContentException.of(e);
        if (sides.isLost(Side.DESTINATION, reason)) {
            throw new CopyException(Side.DESTINATION, reason);
        }
        return reason;
    }

    private static Compared unknown(String image, Optional<Digest> source, String reason) {
        return new Compared(image, State.UNKNOWN, source, Optional.empty(), Optional.of(reason));
    }
}
