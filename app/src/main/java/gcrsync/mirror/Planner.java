package gcrsync.mirror;

import gcrsync.config.SelectionRules;
import gcrsync.content.ContentException;
import gcrsync.content.ImageSource;
import gcrsync.content.Listing;
import gcrsync.content.Listing.ListedTag;
import gcrsync.copy.Side;
import gcrsync.ledger.Ledger;
import gcrsync.mirror.Selection.Selected;
import gcrsync.oci.Descriptor;
import gcrsync.oci.Digest;
import gcrsync.oci.RepositoryName;
import gcrsync.tasks.Tasks;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/** Compares what the source has with what the ledger says, and so finds what has to be copied. */
public final class Planner {
    private final RepositoryName namespace;
    private final SelectionRules rules;
    private final DestinationNames names;
    private final Function<RepositoryName, ? extends ImageSource> source;
    private final int requestsInFlight;

    /** @param source opens a repository by its whole name, to ask for digests that a listing does not tell */
    public Planner(
            RepositoryName namespace,
            SelectionRules rules,
            DestinationNames names,
            Function<RepositoryName, ? extends ImageSource> source,
            int requestsInFlight) {
        this.namespace = namespace;
        this.rules = rules;
        this.names = names;
        this.source = source;
        this.requestsInFlight = requestsInFlight;
    }

    /**
     * @param trust how far to believe the ledger
     * @throws NameCollisionException if two source repositories would land on one name
     */
    public Plan plan(Listing listing, Ledger ledger, Trust trust) {
        Selection selection = Selection.of(listing, namespace, rules);
        List<Failure> failures = new ArrayList<>();
        listing.failures()
                .forEach(f -> failures.add(
                        new Failure(f.repository().relativeTo(namespace).value(), Side.SOURCE, f.reason())));
        Map<RepositoryName, RepositoryName> targets = targets(selection, failures);
        Map<ImageKey, Digest> resolved = resolve(selection, targets, failures);

        List<CopyTask> toCopy = new ArrayList<>();
        int upToDate = 0;
        for (Selected repository : selection.repositories()) {
            RepositoryName to = targets.get(repository.name());
            for (ListedTag tag : repository.tags()) {
                Digest digest = tag.digest().orElse(resolved.get(new ImageKey(repository.name(), tag.tag())));
                if (to == null || digest == null) {
                    continue; // Its failure is recorded, or the tag has been deleted since it was listed.
                }
                Optional<Reason> reason = reason(ledger, repository.name(), tag.tag(), digest, trust);
                if (reason.isEmpty()) {
                    upToDate++;
                } else {
                    toCopy.add(new CopyTask(
                            repository.from(), repository.name(), tag.tag(), digest, to, tag.tag(), reason.get()));
                }
            }
        }
        failures.sort(Comparator.comparing(Failure::what));
        int images =
                listing.repositories().stream().mapToInt(r -> r.tags().size()).sum();
        return new Plan(
                listing.repositories().size(), images, toCopy, List.of(), upToDate, selection.leftOut(), failures, 0);
    }

    private static Optional<Reason> reason(Ledger ledger, RepositoryName name, String tag, Digest digest, Trust trust) {
        if (trust == Trust.COPY_ANEW) {
            return Optional.of(Reason.FORCED);
        }
        Optional<Digest> recorded = ledger.mirrored(name, tag);
        if (recorded.isEmpty()) {
            return Optional.of(Reason.NEW);
        }
        if (!recorded.get().equals(digest)) {
            return Optional.of(Reason.MOVED);
        }
        return trust == Trust.CHECK_DESTINATION ? Optional.of(Reason.GONE) : Optional.empty();
    }

    private Map<RepositoryName, RepositoryName> targets(Selection selection, List<Failure> failures) {
        Map<RepositoryName, RepositoryName> targets = new HashMap<>();
        Map<RepositoryName, RepositoryName> taken = new HashMap<>();
        for (Selected repository : selection.repositories()) {
            RepositoryName to;
            try {
                to = names.of(repository.name());
            } catch (IllegalArgumentException e) {
                failures.add(new Failure(
                        repository.name().value(),
                        Side.DESTINATION,
                        new ContentException.Unsupported("its name there would be invalid: " + e.getMessage())));
                continue;
            }
            RepositoryName other = taken.putIfAbsent(to, repository.name());
            if (other != null) {
                throw new NameCollisionException(other + " and " + repository.name() + " would both become " + to
                        + " at the destination; leave one out with --exclude-repository");
            }
            targets.put(repository.name(), to);
        }
        return targets;
    }

    private record ImageKey(RepositoryName name, String tag) {}

    private record Unresolved(Selected repository, String tag) {}

    /** Asks the source for the digests that its listing did not tell, one HEAD a tag. */
    private Map<ImageKey, Digest> resolve(
            Selection selection, Map<RepositoryName, RepositoryName> targets, List<Failure> failures) {
        List<Unresolved> unresolved = new ArrayList<>();
        for (Selected repository : selection.repositories()) {
            if (targets.containsKey(repository.name())) {
                for (ListedTag tag : repository.tags()) {
                    if (tag.digest().isEmpty()) {
                        unresolved.add(new Unresolved(repository, tag.tag()));
                    }
                }
            }
        }
        Map<ImageKey, Digest> resolved = new ConcurrentHashMap<>();
        Collection<Failure> failed = new ConcurrentLinkedQueue<>();
        Tasks.forEach(unresolved, requestsInFlight, image -> {
            RepositoryName name = image.repository().name();
            try {
                source.apply(image.repository().from())
                        .resolve(image.tag())
                        .map(Descriptor::digest)
                        .ifPresent(digest -> resolved.put(new ImageKey(name, image.tag()), digest));
            } catch (ContentException e) {
                failed.add(new Failure(name + ":" + image.tag(), Side.SOURCE, e));
            }
        });
        failures.addAll(failed);
        return resolved;
    }
}
