package io.github.gcrsync.check.drift;

import io.github.gcrsync.check.drift.DriftReport.Finding;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.copy.Copier;
import io.github.gcrsync.copy.CopyListener;
import io.github.gcrsync.copy.CopyOptions;
import io.github.gcrsync.copy.CopyResult;
import io.github.gcrsync.copy.CopyTarget;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.copy.SkippedException;
import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.ledger.Recorded;
import io.github.gcrsync.oci.Digest;
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
    private final int imagesAtATime;
    private final StopSignal stop;
    private final Function<Set<String>, DriftReport> checking;
    private final Map<String, Recorded> left = new TreeMap<>();
    private final Map<String, String> reasons = new ConcurrentHashMap<>();
    private final Set<String> repaired = new TreeSet<>();

    /** @param checking checks these images again */
    Repair(
            MirrorRule rule,
            Store destination,
            int imagesAtATime,
            StopSignal stop,
            Function<Set<String>, DriftReport> checking) {
        this.rule = rule;
        this.destination = destination;
        this.imagesAtATime = imagesAtATime;
        this.stop = stop;
        this.checking = checking;
    }

    /**
     * Tries one place after the other until every image is sound.
     *
     * @param drifted the recorded images with drift
     */
    void run(Collection<Recorded> drifted, List<Finding> findings, List<Place> places) {
        drifted.forEach(image -> left.put(image.image(), image));
        List<Finding> drift = findings;
        for (Place place : places) {
            if (left.isEmpty()) {
                return;
            }
            Set<String> copied = copied(place, lost(drift));
            if (!copied.isEmpty()) {
                drift = checking.apply(copied).findings();
                note(copied, drift);
            }
        }
    }

    private static Set<Digest> lost(List<Finding> drift) {
        return drift.stream()
                .map(Finding::problem)
                .filter(problem -> problem.kind() == Kind.DAMAGED_BLOB || problem.kind() == Kind.MISSING_BLOB)
                .flatMap(problem -> problem.digest().stream())
                .collect(Collectors.toSet());
    }

    private Set<String> copied(Place place, Set<Digest> lost) {
        Copier copier = new Copier(CopyOptions.defaults()
                .withBlobsInFlight(BLOBS_PER_IMAGE * imagesAtATime)
                .withStop(stop)
                .withPlatforms(place.platforms())
                .withReferrers(rule.referrers())
                .withRepair(lost));
        Set<String> copied = ConcurrentHashMap.newKeySet();
        Tasks.forEach(List.copyOf(left.values()), imagesAtATime, image -> {
            stop.check();
            Optional<String> failure = failure(image, place, copier);
            failure.ifPresentOrElse(
                    reason -> reasons.merge(image.image(), reason, (first, other) -> first + "; " + other),
                    () -> copied.add(image.image()));
        });
        return copied;
    }

    private Optional<String> failure(Recorded image, Place place, Copier copier) {
        try {
            Target target = rule.names().of(image.name(), image.reference());
            boolean isByDigest = Digest.isValid(target.tag());
            CopyTarget to = new CopyTarget(
                    destination.repository(target.repository()),
                    destination.authority().orElse(""),
                    isByDigest ? place.digest(image).value() : target.tag(),
                    true,
                    CopyListener.SILENT);
            CopyResult result = copier.copy(
                            place.repository(image), place.digest(image).value(), List.of(to))
                    .getFirst();
            return result instanceof CopyResult.Failed failed
                    ? Optional.of(
                            failed.reason().side() == Side.SOURCE
                                    ? place.name() + ": "
                                            + failed.reason().reason().getMessage()
                                    : String.valueOf(failed.reason().reason().getMessage()))
                    : Optional.empty();
        } catch (SkippedException | ContentException | IllegalArgumentException e) {
            return Optional.of(place.name() + ": " + e.getMessage());
        }
    }

    /** An image that could not be checked again may still be damaged. */
    private void note(Set<String> copied, List<Finding> found) {
        Map<String, String> still = found.stream()
                .collect(Collectors.toMap(
                        Finding::image,
                        finding -> finding.problem().isDrift()
                                ? "copied again, but the destination still has this drift: "
                                        + finding.problem().kind()
                                        + finding.problem()
                                                .digest()
                                                .map(digest -> " " + digest)
                                                .orElse("")
                                : finding.problem().reason(),
                        (first, _) -> first));
        copied.forEach(image -> {
            String reason = still.get(image);
            if (reason == null) {
                repaired.add(image);
                left.remove(image);
            } else {
                reasons.merge(image, reason, (first, other) -> first + "; " + other);
            }
        });
    }

    Collection<Recorded> left() {
        return left.values();
    }

    RepairReport report(Optional<String> commit) {
        Map<String, String> failed = new TreeMap<>();
        left.keySet().forEach(image -> failed.put(image, reasons.getOrDefault(image, "not tried")));
        return new RepairReport(repaired, failed, commit);
    }
}
