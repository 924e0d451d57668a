package io.github.gcrsync.check.drift;

import io.github.gcrsync.check.drift.DriftReport.Finding;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.copy.Copier;
import io.github.gcrsync.copy.CopyException;
import io.github.gcrsync.copy.CopyListener;
import io.github.gcrsync.copy.CopyOptions;
import io.github.gcrsync.copy.CopyResult;
import io.github.gcrsync.copy.CopyTarget;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.copy.SkippedException;
import io.github.gcrsync.ledger.Recorded;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.plan.Sides;
import io.github.gcrsync.rule.DestinationNames.Target;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.tasks.Tasks;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Copies images that drifted again. That a registry accepts an upload does not show that it replaced a damaged file, so
 * the images are checked again.
 */
final class Repair {
    /** As many blobs as a sync of so many images has in flight. */
    private static final int BLOBS_PER_IMAGE = 2;

    private final MirrorRule rule;
    private final Store destination;
    private final Verifier.Signed signatures;
    private final int imagesAtATime;
    private final Verifier.Settings settings;
    private final Function<Set<String>, DriftReport> checking;
    private final Map<String, Recorded> left = new TreeMap<>();
    private final Map<String, String> reasons = new ConcurrentHashMap<>();
    /** Images that may still be repaired, once a place can be used again. */
    private final Set<String> undecided = ConcurrentHashMap.newKeySet();

    /** Images that the latest place has without a child that is missing at the destination. */
    private final Set<String> withoutChild = ConcurrentHashMap.newKeySet();

    /** Images with drift; nothing shows whether the others have any. */
    private final Set<String> drifting = new TreeSet<>();

    private final Set<String> repaired = new TreeSet<>();

    /** @param checking checks these images again */
    Repair(
            MirrorRule rule,
            Store destination,
            Verifier.Signed signatures,
            int imagesAtATime,
            Verifier.Settings settings,
            Function<Set<String>, DriftReport> checking) {
        this.rule = rule;
        this.destination = destination;
        this.signatures = signatures;
        this.imagesAtATime = imagesAtATime;
        this.settings = settings;
        this.checking = checking;
    }

    /**
     * Tries one place after the other until every image is sound.
     *
     * @param drifted the recorded images with drift, or that may have some
     * @throws CopyException if the destination failed as a whole
     */
    void run(Collection<Recorded> drifted, List<Finding> findings, List<Place> places) {
        drifted.forEach(image -> left.put(image.image(), image));
        List<Finding> drift = findings;
        drift.stream().filter(found -> found.problem().isDrift()).forEach(found -> drifting.add(found.image()));
        for (Place place : places) {
            if (left.isEmpty()) {
                return;
            }
            copy(place, drift);
            settings.stop().check();
            // Also those that were not copied: other images may have brought back what they share.
            drift = checking.apply(Set.copyOf(left.keySet())).findings();
            note(drift);
        }
    }

    private void copy(Place place, List<Finding> drift) {
        Set<Digest> lost = of(drift, Kind.DAMAGED_BLOB, Kind.MISSING_BLOB);
        Set<Digest> children = of(drift, Kind.MISSING_CHILD, Kind.UNCHECKED);
        Sides sides = new Sides(side -> (side == Side.SOURCE ? place.store() : destination).answers());
        settings.progress().checking(left.size());
        withoutChild.clear();
        Copier copier = new Copier(CopyOptions.defaults()
                .withBlobsInFlight(BLOBS_PER_IMAGE * imagesAtATime)
                .withStop(settings.stop())
                .withPlatforms(place.platforms())
                .withReferrers(rule.referrers())
                .withRepair(lost));
        Tasks.forEach(List.copyOf(left.values()), imagesAtATime, image -> {
            settings.stop().check();
            Set<Digest> absent = ConcurrentHashMap.newKeySet();
            copy(image, place, copier, sides, new CopyListener() {
                @Override
                public void manifestAbsent(Descriptor manifest) {
                    absent.add(manifest.digest());
                }
            });
            absent.retainAll(children);
            absent.stream().findFirst().ifPresent(child -> {
                withoutChild.add(image.image());
                failed(image, place.name() + " does not have " + child + " either");
            });
            settings.progress().imageChecked();
        });
    }

    private static Set<Digest> of(List<Finding> drift, Kind... kinds) {
        return drift.stream()
                .map(Finding::problem)
                .filter(problem -> List.of(kinds).contains(problem.kind()))
                .flatMap(problem -> problem.digest().stream())
                .collect(Collectors.toSet());
    }

    private void copy(Recorded image, Place place, Copier copier, Sides sides, CopyListener listener) {
        try {
            Target target = rule.names().of(image.name(), image.reference());
            signatures.require(place.name() + " " + image.name(), place.repository(image), place.digest(image));
            CopyTarget to = new CopyTarget(
                    destination.repository(target.repository()),
                    destination.authority().orElse(""),
                    Digest.isValid(target.tag()) ? place.digest(image).value() : target.tag(),
                    true,
                    listener);
            switch (copier.copy(place.repository(image), place.digest(image).value(), List.of(to))
                    .getFirst()) {
                case CopyResult.Failed(CopyException e) -> failed(image, place, e, sides);
                case CopyResult.Stored stored ->
                    stored.referrers().failures().forEach(failure -> failed(image, failure.message()));
                case CopyResult.Behind _ -> {} // There is no other target.
            }
        } catch (CopyException e) {
            failed(image, place, e, sides);
        } catch (SkippedException | ContentException | IllegalArgumentException e) {
            failed(image, place.name() + ": " + e.getMessage());
        }
    }

    private void failed(Recorded image, Place place, CopyException e, Sides sides) {
        ContentException reason = e.reason();
        if (e.side() == Side.DESTINATION) {
            sides.check(Side.DESTINATION, reason);
        }
        boolean isDecided = e.side() == Side.SOURCE
                && (reason instanceof ContentException.NotFound
                        || reason instanceof ContentException.Corrupt
                        || reason instanceof ContentException.Untrusted);
        if (!isDecided) {
            undecided.add(image.image());
        }
        failed(image, (e.side() == Side.SOURCE ? place.name() + ": " : "") + reason.getMessage());
    }

    private void failed(Recorded image, String reason) {
        reasons.merge(image.image(), reason, (first, other) -> first + "; " + other);
    }

    /** An image that could not be checked again may still be damaged. */
    private void note(List<Finding> found) {
        Map<String, Finding> still =
                found.stream().collect(Collectors.toMap(Finding::image, finding -> finding, (first, _) -> first));
        for (Recorded image : List.copyOf(left.values())) {
            Finding finding = still.get(image.image());
            // A folder would take the child for one that the source never had.
            if (finding == null && !withoutChild.contains(image.image())) {
                repaired.add(image.image());
                left.remove(image.image());
                undecided.remove(image.image());
            } else if (finding != null && !finding.problem().isDrift()) {
                undecided.add(image.image());
                failed(image, finding.problem().reason());
            } else if (finding != null && !reasons.containsKey(image.image())) {
                failed(
                        image,
                        "copied again, but the destination still has this drift: "
                                + finding.problem().kind()
                                + finding.problem()
                                        .digest()
                                        .map(digest -> " " + digest)
                                        .orElse(""));
            }
        }
    }

    /** Returns the images that nobody can repair. */
    List<Recorded> lost() {
        return left.values().stream()
                .filter(image -> drifting.contains(image.image()) && !undecided.contains(image.image()))
                .toList();
    }

    /** @param unsound images with findings before the repair */
    RepairReport report(Set<String> unsound, Optional<String> commit) {
        Map<String, String> failed = new TreeMap<>();
        left.keySet().stream()
                .filter(drifting::contains)
                .forEach(image -> failed.put(image, String.valueOf(reasons.get(image))));
        Set<String> unchecked = new TreeSet<>(unsound);
        unchecked.removeAll(repaired);
        unchecked.removeAll(failed.keySet());
        return new RepairReport(
                repaired,
                failed,
                unchecked,
                lost().stream().map(Recorded::image).collect(Collectors.toSet()),
                commit);
    }
}
