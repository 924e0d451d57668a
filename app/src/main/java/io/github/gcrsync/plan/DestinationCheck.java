package io.github.gcrsync.plan;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.content.TagDetails;
import io.github.gcrsync.copy.CopyException;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.ledger.Recorded;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.rule.DestinationNames;
import io.github.gcrsync.tasks.Tasks;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Queries the destination before copying, so that existing images, from a killed run or another tool, are only
 * recorded. One request per repository lists its tags; then only existing tags are asked for their digests. A tag in
 * the ledger is asked for directly.
 */
public final class DestinationCheck {
    private static final Logger LOG = LoggerFactory.getLogger(DestinationCheck.class);

    private final Store destination;
    private final Sides sides;
    private final int requestsInFlight;
    /** Tags of the listed repositories. */
    private final Map<RepositoryName, Set<String>> listed = new ConcurrentHashMap<>();
    /** Digests found at the destination. */
    private final Map<Place, Optional<Digest>> there = new ConcurrentHashMap<>();

    /** Tags whose images are incomplete. */
    private final Set<Place> damaged = ConcurrentHashMap.newKeySet();

    private final Map<Place, ContentException> failed = new ConcurrentHashMap<>();

    private record Place(RepositoryName repository, String tag) {
        static Place of(CopyTask task) {
            return new Place(task.to(), task.toTag());
        }
    }

    public DestinationCheck(Store destination, Sides sides, int requestsInFlight) {
        this.destination = destination;
        this.sides = sides;
        this.requestsInFlight = requestsInFlight;
    }

    /**
     * Removes copies that the destination already has, until this run has as many copies as allowed. Tags in the ledger
     * are always checked.
     *
     * @param most copies in this run; negative: no limit
     * @param lost recorded images that are neither in the plan nor at the destination
     * @throws CopyException if the destination refuses the credentials or is unreachable
     */
    public Plan narrow(Plan plan, Ledger ledger, int most, List<Recorded> lost) {
        Map<RepositoryName, List<CopyTask>> byRepository = plan.toCopy().stream()
                .collect(Collectors.groupingBy(CopyTask::to, LinkedHashMap::new, Collectors.toList()));
        List<List<CopyTask>> groups = List.copyOf(byRepository.values());
        askFirst(groups, ledger);
        int copies = 0;
        for (int from = 0; from < groups.size(); from += requestsInFlight) {
            List<List<CopyTask>> batch = groups.subList(from, Math.min(groups.size(), from + requestsInFlight));
            boolean enough = most >= 0 && copies >= most;
            look(batch, ledger, enough);
            copies += (int) batch.stream()
                    .flatMap(List::stream)
                    .filter(task -> !isPresent(task))
                    .count();
        }
        return split(plan, ledger, lost).first(most);
    }

    /**
     * Returns recorded images that are neither in the plan nor at the destination, in order of name and tag: no run can
     * restore them. Costs one request for each recorded image outside the plan.
     *
     * @param plan of all selected images, not narrowed yet
     */
    public List<Recorded> lost(Plan plan, Stream<Recorded> recorded, DestinationNames names) {
        Set<String> wanted = plan.toCopy().stream().map(CopyTask::image).collect(Collectors.toSet());
        List<Recorded> others =
                recorded.filter(image -> !wanted.contains(image.image())).toList();
        Set<Recorded> lost = ConcurrentHashMap.newKeySet();
        Tasks.forEach(others, requestsInFlight, image -> {
            try {
                DestinationNames.Target target = names.of(image.name(), image.reference());
                String reference = target.tag().equals(image.digest().value())
                        ? image.stored().value()
                        : target.tag();
                Optional<Descriptor> found =
                        destination.repository(target.repository()).resolve(reference);
                if (found.filter(there -> there.digest().equals(image.stored())).isEmpty()) {
                    lost.add(image);
                }
            } catch (ContentException.Incomplete e) {
                lost.add(image);
            } catch (ContentException | IllegalArgumentException e) {
                if (e instanceof ContentException reason) {
                    sides.check(Side.DESTINATION, reason);
                }
                // Unknown does not mean gone: it stays recorded.
                LOG.warn("{} could not be looked up at the destination: {}", image.image(), e.getMessage());
            }
        });
        return others.stream().filter(lost::contains).toList();
    }

    /** Asks for one image that must be asked for anyway: the answer may show that the registry lists digests. */
    private void askFirst(List<List<CopyTask>> groups, Ledger ledger) {
        boolean canAdopt = ledger.contentRule().isEmpty();
        groups.stream()
                .filter(group -> group.size() > 1)
                .map(List::getFirst)
                .filter(task -> isKnown(ledger, task) && mayBeThere(task, canAdopt))
                .findFirst()
                .filter(_ -> !destination.listsDigests())
                .ifPresent(task -> ask(task, ledger));
    }

    private void look(List<List<CopyTask>> batch, Ledger ledger, boolean onlyKnown) {
        // The same index may have other platforms there, so an image of a rule of its own must be recorded to be
        // present.
        boolean canAdopt = ledger.contentRule().isEmpty();
        if (!onlyKnown) {
            List<List<CopyTask>> toList = batch.stream()
                    .filter(group -> group.stream().anyMatch(task -> !isKnown(ledger, task)) || isListCheaper(group))
                    .toList();
            Tasks.forEach(toList, requestsInFlight, group -> list(group, ledger, canAdopt));
        }
        List<CopyTask> toAsk = batch.stream()
                .flatMap(List::stream)
                .filter(task -> mayBeThere(task, canAdopt))
                .filter(task -> !isAsked(Place.of(task)))
                .filter(task -> isKnown(ledger, task)
                        || listed.getOrDefault(task.to(), Set.of()).contains(task.toTag()))
                .toList();
        Tasks.forEach(toAsk, requestsInFlight, task -> ask(task, ledger));
    }

    /** Whether to ask for the image at once; an image without a tag is in no list of tags. */
    private static boolean isKnown(Ledger ledger, CopyTask task) {
        return Digest.isValid(task.toTag())
                || task.reason() == Reason.GONE
                || task.reason() == Reason.RULE
                || ledger.listed(task.name(), task.tag());
    }

    private static boolean mayBeThere(CopyTask task, boolean canAdopt) {
        return task.reason() == Reason.GONE
                || (canAdopt && task.reason() != Reason.FORCED && task.reason() != Reason.RULE);
    }

    private boolean isListCheaper(List<CopyTask> group) {
        return destination.listsDigests() && group.size() > 1;
    }

    private void list(List<CopyTask> group, Ledger ledger, boolean canAdopt) {
        RepositoryName repository = group.getFirst().to();
        try {
            TagDetails details = destination.details(repository);
            listed.put(repository, details.tags().keySet());
            if (!destination.isLocal()) {
                group.stream().filter(task -> mayBeThere(task, canAdopt)).forEach(task -> found(task, details, ledger));
            }
        } catch (ContentException.Denied e) {
            sides.check(Side.DESTINATION, e);
            // Some registries deny this for a repository that does not exist yet; the push shows the real reason.
        } catch (RuntimeException e) {
            ContentException reason = ContentException.of(e);
            sides.check(Side.DESTINATION, reason);
            group.forEach(task -> failed.put(Place.of(task), reason));
        }
    }

    /**
     * A folder is asked for each image, since it also says which of them are damaged. An image that would be recorded
     * because of a web API is asked for.
     */
    private void found(CopyTask task, TagDetails details, Ledger ledger) {
        boolean isGone = !Digest.isValid(task.toTag()) && !details.tags().containsKey(task.toTag());
        Optional<Digest> digest = details.digest(task.toTag());
        boolean isHint = (details.way().isWebApi()
                        && digest.equals(Optional.of(task.stored()))
                        && !ledger.has(task.name(), task.tag(), task.digest()))
                || ledger.isToCheck(task.name(), task.tag());
        if (!isHint && (digest.isPresent() || (isGone && details.way() != TagDetails.Way.HEAD))) {
            there.put(Place.of(task), digest);
        }
    }

    private boolean isAsked(Place place) {
        return there.containsKey(place) || damaged.contains(place) || failed.containsKey(place);
    }

    private void ask(CopyTask task, Ledger ledger) {
        try {
            Optional<Descriptor> found = destination.repository(task.to()).resolve(task.reference());
            // An index may lack what it names, if it was stored after that was deleted.
            boolean isDoubtful = ledger.isToCheck(task.name(), task.tag())
                    && found.filter(top -> MediaType.isIndex(top.mediaType())).isPresent();
            there.put(Place.of(task), isDoubtful ? Optional.empty() : found.map(Descriptor::digest));
        } catch (ContentException.Incomplete e) {
            LOG.debug("{} is damaged: {}", task.image(), e.getMessage());
            damaged.add(Place.of(task));
        } catch (ContentException.Denied e) {
            sides.check(Side.DESTINATION, e);
        } catch (RuntimeException e) {
            ContentException reason = ContentException.of(e);
            sides.check(Side.DESTINATION, reason);
            failed.put(Place.of(task), reason);
        }
    }

    private boolean isPresent(CopyTask task) {
        return there.getOrDefault(Place.of(task), Optional.empty())
                .filter(task.stored()::equals)
                .isPresent();
    }

    private Plan split(Plan plan, Ledger ledger, List<Recorded> lost) {
        List<CopyTask> copies = new ArrayList<>();
        List<CopyTask> adopt = new ArrayList<>();
        List<CopyTask> wronglyRecorded = new ArrayList<>();
        List<Failure> failures = new ArrayList<>(plan.failures());
        int upToDate = plan.upToDate();
        for (CopyTask task : plan.toCopy()) {
            ContentException failure = failed.get(Place.of(task));
            if (failure != null) {
                failures.add(new Failure(task.image(), Side.DESTINATION, failure));
            } else if (!isPresent(task)) {
                CopyTask copy = withReason(task);
                copies.add(copy);
                switch (copy.reason()) {
                    case GONE, DIFFERENT, DAMAGED -> wronglyRecorded.add(copy);
                    case NEW, MOVED, RULE, FORCED -> {}
                }
            } else if (ledger.has(task.name(), task.tag(), task.digest())) {
                upToDate++;
            } else {
                adopt.add(task);
            }
        }
        failures.sort(Comparator.comparing(Failure::what));
        return new Plan(
                plan.repositories(),
                plan.images(),
                copies,
                adopt,
                plan.referring(),
                upToDate,
                plan.kept(),
                plan.excluded(),
                failures,
                plan.waiting(),
                plan.heldBack(),
                plan.unsuspected(),
                plan.waits(),
                plan.ways(),
                plan.gone(),
                plan.released(),
                plan.marks(),
                new Drift(wronglyRecorded, lost, emptyRepositories()));
    }

    private Set<RepositoryName> emptyRepositories() {
        return listed.entrySet().stream()
                .filter(repository -> repository.getValue().isEmpty())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /**
     * A recorded image whose tag points to another digest, or that is incomplete, is different or damaged, not gone.
     */
    private CopyTask withReason(CopyTask task) {
        Place place = Place.of(task);
        if (task.reason() != Reason.GONE) {
            return task;
        }
        if (damaged.contains(place)) {
            return task.because(Reason.DAMAGED);
        }
        return there.getOrDefault(place, Optional.empty()).isPresent() ? task.because(Reason.DIFFERENT) : task;
    }
}
