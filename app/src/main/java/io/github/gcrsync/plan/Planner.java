package io.github.gcrsync.plan;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing;
import io.github.gcrsync.content.Listing.ListedTag;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.rule.DestinationNames;
import io.github.gcrsync.rule.DestinationNames.Target;
import io.github.gcrsync.rule.ImageKey;
import io.github.gcrsync.rule.NameCollisionException;
import io.github.gcrsync.rule.Selection;
import io.github.gcrsync.rule.Selection.Selected;
import io.github.gcrsync.rule.SelectionRules;
import io.github.gcrsync.tasks.Tasks;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Finds the selected images of a source and compares them with the ledger to find which must be copied. */
public final class Planner {
    private final RepositoryName namespace;
    private final SelectionRules rules;
    private final DestinationNames names;
    private final ReadAhead source;
    private final int requestsInFlight;

    /** @param source queried for digests that the listing lacks */
    public Planner(
            RepositoryName namespace,
            SelectionRules rules,
            DestinationNames names,
            ReadAhead source,
            int requestsInFlight) {
        this.namespace = namespace;
        this.rules = rules;
        this.names = names;
        this.source = source;
        this.requestsInFlight = requestsInFlight;
    }

    /**
     * @param trust how far to trust the ledger
     * @throws NameCollisionException if two source images would get the same name
     */
    public Plan plan(Listing listing, Ledger ledger, Trust trust) {
        List<CopyTask> toCopy = new ArrayList<>();
        int[] upToDate = {0};
        Predicate<ImageKey> isNew = key -> trust == Trust.COPY_AGAIN || !ledger.listed(key.name(), key.tag());
        Selection selection = select(listing);
        Claims claims = Claims.of(ledger, names, selection);
        List<Failure> failures = new ArrayList<>();
        List<ImageKey> released = new ArrayList<>();
        Wanted wanted = wanted(selection, listing, isNew, image -> {
            // Nothing is kept of images that are up to date: there may be a million of them.
            Optional<Reason> reason = reason(ledger, image, trust);
            Optional<ContentException.Conflict> conflict = claims.against(image, namespace);
            if (conflict.isPresent()) {
                failures.add(new Failure(image.image(), Side.DESTINATION, conflict.get()));
                // Two ledgers that both record the old digest would each keep the other from following the tag.
                ledger.mirrored(image.name(), image.tag())
                        .filter(old ->
                                claims.against(image.withDigest(old), namespace).isEmpty())
                        .ifPresent(_ -> released.add(new ImageKey(image.name(), image.tag())));
            } else if (reason.isEmpty()) {
                upToDate[0]++;
            } else {
                toCopy.add(image.because(reason.get()));
            }
        });
        failures.addAll(wanted.failures());
        failures.sort(Comparator.comparing(Failure::what));
        int images =
                listing.repositories().stream().mapToInt(r -> r.tags().size()).sum();
        return new Plan(
                listing.repositories().size(),
                images,
                toCopy,
                List.of(),
                upToDate[0],
                selection.excluded(),
                failures,
                0,
                List.of(),
                Set.of(),
                wanted.gone(),
                released,
                Drift.UNKNOWN);
    }

    /** The selected images, those whose digests could not be read, and those deleted at the source. */
    public record Wanted(Selection selection, List<Failure> failures, List<ImageKey> gone) {}

    /** @param each receives every selected image, in order of names and tags, whatever the ledger says */
    public Wanted wanted(Listing listing, Consumer<CopyTask> each) {
        return wanted(select(listing), listing, _ -> false, each);
    }

    private Selection select(Listing listing) {
        return Selection.of(listing, namespace, rules, names::isMirror);
    }

    private Wanted wanted(Selection selection, Listing listing, Predicate<ImageKey> isNew, Consumer<CopyTask> each) {
        List<Failure> failures = new ArrayList<>();
        for (Listing.Failure failure : listing.failures()) {
            failures.add(
                    new Failure(failure.repository().relativeTo(namespace).value(), Side.SOURCE, failure.reason()));
        }
        selection
                .tooFew()
                .forEach((name, tags) -> failures.add(new Failure(
                        name.value(),
                        Side.SOURCE,
                        new ContentException.NotFound("it has " + tags + " selected tags, and --at-least requires "
                                + rules.selected().atLeast()))));
        Map<ImageKey, Digest> resolved = resolve(selection, isNew, failures);
        List<ImageKey> gone = new ArrayList<>();
        Map<Object, ImageKey> taken = new HashMap<>();
        for (Selected repository : selection.repositories()) {
            Function<String, Target> targets = names.of(repository.name());
            for (ListedTag tag : repository.tags()) {
                ImageKey key = new ImageKey(repository.name(), tag.tag());
                Optional<Digest> digest = tag.digest().or(() -> Optional.ofNullable(resolved.get(key)));
                if (digest.isEmpty()) {
                    gone.add(key);
                } else {
                    image(repository, key, digest.get(), targets, taken, failures)
                            .ifPresent(each);
                }
            }
        }
        Set<String> failed = failures.stream().map(Failure::what).collect(Collectors.toSet());
        gone.removeIf(image -> failed.contains(image.toString()));
        failures.sort(Comparator.comparing(Failure::what));
        return new Wanted(selection, failures, gone);
    }

    /**
     * Returns the listing without the mirror itself, and with the digests of selected tags that it lacked, as far as
     * the source has them.
     */
    public Listing resolved(Listing listing) {
        Map<ImageKey, Digest> found = resolve(select(listing), _ -> false, new ArrayList<>());
        List<Listing.ListedRepository> repositories = listing.repositories().stream()
                .filter(repository -> !names.isMirror(repository.name()))
                .map(repository -> new Listing.ListedRepository(
                        repository.name(),
                        repository.tags().stream()
                                .map(tag -> tag.digest().isPresent()
                                        ? tag
                                        : new ListedTag(tag.tag(), digest(repository.name(), tag.tag(), found)))
                                .toList()))
                .toList();
        return new Listing(repositories, listing.invalid(), listing.failures());
    }

    private Optional<Digest> digest(RepositoryName repository, String tag, Map<ImageKey, Digest> found) {
        return Optional.ofNullable(found.get(new ImageKey(repository.relativeTo(namespace), tag)));
    }

    private Optional<CopyTask> image(
            Selected repository,
            ImageKey key,
            Digest digest,
            Function<String, Target> targets,
            Map<Object, ImageKey> taken,
            List<Failure> failures) {
        Target target;
        try {
            target = targets.apply(key.tag());
        } catch (IllegalArgumentException e) {
            failures.add(new Failure(
                    key.toString(),
                    Side.DESTINATION,
                    new ContentException.Unsupported("invalid name at the destination: " + e.getMessage())));
            return Optional.empty();
        }
        ImageKey first = taken.putIfAbsent(names.keepsTags() ? target.repository() : target, key);
        if (first != null && !(names.keepsTags() && first.name().equals(key.name()))) {
            throw new NameCollisionException(first + " and " + key + " would both become " + target.repository() + ":"
                    + target.tag() + " at the destination; exclude one with --exclude-repository or --exclude-tag,"
                    + " or use --name-template");
        }
        return Optional.of(new CopyTask(
                repository.from(),
                repository.name(),
                key.tag(),
                digest,
                target.repository(),
                target.tag(),
                Reason.NEW));
    }

    private static Optional<Reason> reason(Ledger ledger, CopyTask image, Trust trust) {
        if (trust == Trust.COPY_AGAIN) {
            return Optional.of(Reason.FORCED);
        }
        Optional<Digest> recorded = ledger.mirrored(image.name(), image.tag());
        if (recorded.isEmpty()) {
            return Optional.of(Reason.NEW);
        }
        if (!recorded.get().equals(image.digest())) {
            return Optional.of(Reason.MOVED);
        }
        return trust == Trust.CHECK_DESTINATION ? Optional.of(Reason.GONE) : Optional.empty();
    }

    /** @param ahead whether to read the manifest at once, because the run will copy it */
    private record Unresolved(RepositoryName from, ImageKey key, boolean ahead) {}

    /** Asks the source for digests that its listing lacks, one request per tag. */
    private Map<ImageKey, Digest> resolve(Selection selection, Predicate<ImageKey> isNew, List<Failure> failures) {
        List<Unresolved> unresolved = new ArrayList<>();
        for (Selected repository : selection.repositories()) {
            for (ListedTag tag : repository.tags()) {
                if (tag.digest().isEmpty()) {
                    ImageKey key = new ImageKey(repository.name(), tag.tag());
                    unresolved.add(new Unresolved(repository.from(), key, isNew.test(key) && source.admitsOneMore()));
                }
            }
        }
        Map<ImageKey, Digest> resolved = new ConcurrentHashMap<>();
        Collection<Failure> failed = new ConcurrentLinkedQueue<>();
        Tasks.forEach(unresolved, requestsInFlight, image -> {
            try {
                digest(image).ifPresent(digest -> resolved.put(image.key(), digest));
            } catch (RuntimeException e) {
                failed.add(new Failure(image.key().toString(), Side.SOURCE, ContentException.of(e)));
            }
        });
        failures.addAll(failed);
        return resolved;
    }

    private Optional<Digest> digest(Unresolved image) {
        return image.ahead()
                ? source.digestOfNew(image.from(), image.key().tag())
                : source.digest(image.from(), image.key().tag());
    }
}
