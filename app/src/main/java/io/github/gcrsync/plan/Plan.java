package io.github.gcrsync.plan;

import io.github.gcrsync.content.TagDetails;
import io.github.gcrsync.ledger.ImageKey;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.rule.Excluded;
import io.github.gcrsync.rule.Selection;
import io.github.gcrsync.state.Suspect;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a run would do. All lists are in order of repository names and tags, except that quarantined images are copied
 * last.
 *
 * @param repositories number of repositories in the source
 * @param images number of images in the source
 * @param toCopy images missing at the destination
 * @param toAdopt images that the destination has and the ledger lacks
 * @param referring images that the destination has, and whose referrers are to be copied
 * @param upToDate number of images already mirrored with this digest
 * @param kept number of images whose tag moved at the source, and that stay as mirrored
 * @param excluded images that are not selected
 * @param failures images that could not be planned
 * @param waiting further images to copy beyond the limit of this run
 * @param heldBack quarantined images that are not due for another attempt
 * @param unsuspected images that failed before and are now excluded or have another digest
 * @param waits tags that wait because of their age
 * @param ways in which the digests of listed repositories were read, by name relative to the source
 * @param gone selected tags that the source lists without a manifest
 * @param released recorded images that moved at the source and cannot be copied, since another ledger still records the
 *     old digest; the ledger forgets them, so that the other one can follow
 * @param marks of recorded images that the source no longer has, or that are no longer selected
 * @param drift found at the destination, if it was checked
 */
public record Plan(
        int repositories,
        int images,
        List<CopyTask> toCopy,
        List<CopyTask> toAdopt,
        List<CopyTask> referring,
        int upToDate,
        int kept,
        Excluded excluded,
        List<Failure> failures,
        List<CopyTask> waiting,
        List<Suspect> heldBack,
        Set<String> unsuspected,
        Waits waits,
        SortedMap<RepositoryName, TagDetails.Way> ways,
        List<ImageKey> gone,
        List<ImageKey> released,
        Sightings.Marks marks,
        Drift drift) {
    public Plan {
        toCopy = List.copyOf(toCopy);
        toAdopt = List.copyOf(toAdopt);
        referring = List.copyOf(referring);
        failures = List.copyOf(failures);
        waiting = List.copyOf(waiting);
        heldBack = List.copyOf(heldBack);
        unsuspected = Set.copyOf(unsuspected);
        ways = Collections.unmodifiableSortedMap(new TreeMap<>(ways));
        gone = List.copyOf(gone);
        released = List.copyOf(released);
    }

    /** Returns a part of a plan that another process has made. */
    public static Plan assigned(List<CopyTask> toCopy, List<CopyTask> referring, Set<RepositoryName> empty) {
        return new Plan(
                1,
                toCopy.size(),
                toCopy,
                List.of(),
                referring,
                0,
                0,
                new Excluded(),
                List.of(),
                List.of(),
                List.of(),
                Set.of(),
                Waits.NONE,
                new TreeMap<>(),
                List.of(),
                List.of(),
                Sightings.Marks.NONE,
                new Drift(List.of(), List.of(), empty));
    }

    /** Limits the plan to a number of copies; the others wait. Negative: no limit. */
    public Plan first(int most) {
        int taken = most < 0 ? toCopy.size() : Math.min(most, toCopy.size());
        List<CopyTask> left =
                Stream.concat(waiting.stream(), toCopy.stream().skip(taken)).toList();
        return with(toCopy.subList(0, taken), toAdopt, referring, failures, left, heldBack, unsuspected);
    }

    /** Returns recorded images that the ledger must forget, given the copies that were made. */
    public List<CopyTask> unrepaired(Collection<CopyTask> copied) {
        Set<String> repaired = copied.stream().map(CopyTask::image).collect(Collectors.toSet());
        return drift.wronglyRecorded().stream()
                .filter(task -> !repaired.contains(task.image()))
                .toList();
    }

    /** Returns the tags that wait because of their age. */
    public List<Selection.HeldBack> tooYoung() {
        return waits.tooYoung();
    }

    /** Moves images from those to adopt to the failures. */
    public Plan withoutAdopting(Map<CopyTask, Failure> failed) {
        List<CopyTask> adopted =
                toAdopt.stream().filter(task -> !failed.containsKey(task)).toList();
        List<Failure> all = Stream.concat(failures.stream(), failed.values().stream())
                .sorted(Comparator.comparing(Failure::what))
                .toList();
        return with(toCopy, adopted, referring, all, waiting, heldBack, unsuspected);
    }

    Plan withReferring(List<CopyTask> images) {
        return with(toCopy, toAdopt, images, failures, waiting, heldBack, unsuspected);
    }

    /** Replaces the copies and the quarantined images. */
    public Plan withHeldBack(List<CopyTask> copies, List<Suspect> suspects, Set<String> cleared) {
        return with(copies, toAdopt, referring, failures, waiting, suspects, cleared);
    }

    private Plan with(
            List<CopyTask> toCopy,
            List<CopyTask> toAdopt,
            List<CopyTask> referring,
            List<Failure> failures,
            List<CopyTask> waiting,
            List<Suspect> heldBack,
            Set<String> unsuspected) {
        return new Plan(
                repositories,
                images,
                toCopy,
                toAdopt,
                referring,
                upToDate,
                kept,
                excluded,
                failures,
                waiting,
                heldBack,
                unsuspected,
                waits,
                ways,
                gone,
                released,
                marks,
                drift);
    }
}
