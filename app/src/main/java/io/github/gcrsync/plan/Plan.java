package io.github.gcrsync.plan;

import io.github.gcrsync.rule.Excluded;
import io.github.gcrsync.rule.ImageKey;
import io.github.gcrsync.state.Suspect;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a run would do, as a value. All lists are in the order of repository names and tags, but that copies of what is in
 * quarantine come last.
 *
 * @param repositories how many the namespace has
 * @param images how many images it has
 * @param toCopy what the destination lacks
 * @param toAdopt what the destination has and the ledger does not know of
 * @param upToDate how many are mirrored as they are
 * @param excluded what is not wanted
 * @param failures what could not be planned
 * @param waiting how many more there are to copy than this run takes
 * @param heldBack what is in quarantine and not to be tried yet
 * @param unsuspected images that failed before, and are not wanted or another image by now
 * @param gone wanted tags that the source lists without having a manifest for them
 * @param released recorded images that moved at the source and cannot be copied, since another ledger records the old digest
 *     too; the ledger forgets them, so that the other one can follow
 * @param drift what was found at the destination, if it was looked at
 */
public record Plan(
        int repositories,
        int images,
        List<CopyTask> toCopy,
        List<CopyTask> toAdopt,
        int upToDate,
        Excluded excluded,
        List<Failure> failures,
        int waiting,
        List<Suspect> heldBack,
        Set<String> unsuspected,
        List<ImageKey> gone,
        List<ImageKey> released,
        Drift drift) {
    public Plan {
        toCopy = List.copyOf(toCopy);
        toAdopt = List.copyOf(toAdopt);
        failures = List.copyOf(failures);
        heldBack = List.copyOf(heldBack);
        unsuspected = Set.copyOf(unsuspected);
        gone = List.copyOf(gone);
        released = List.copyOf(released);
    }

    /** The same with at most so many copies, the others waiting; negative: all. */
    public Plan first(int most) {
        List<CopyTask> taken = most < 0 ? toCopy : toCopy.subList(0, Math.min(most, toCopy.size()));
        return new Plan(
                repositories,
                images,
                taken,
                toAdopt,
                upToDate,
                excluded,
                failures,
                waiting + toCopy.size() - taken.size(),
                heldBack,
                unsuspected,
                gone,
                released,
                drift);
    }

    /** What the ledger must no longer claim if no more than these copies are made. */
    public List<CopyTask> unrepaired(Collection<CopyTask> copied) {
        Set<String> repaired = copied.stream().map(CopyTask::image).collect(Collectors.toSet());
        return drift.wronglyRecorded().stream()
                .filter(task -> !repaired.contains(task.image()))
                .toList();
    }

    /** The same with other copies, and with what is not to be copied yet. */
    public Plan holdingBack(List<CopyTask> copies, List<Suspect> suspects, Set<String> cleared) {
        return new Plan(
                repositories,
                images,
                copies,
                toAdopt,
                upToDate,
                excluded,
                failures,
                waiting,
                suspects,
                cleared,
                gone,
                released,
                drift);
    }
}
