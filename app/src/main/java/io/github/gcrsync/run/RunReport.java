package io.github.gcrsync.run;

import io.github.gcrsync.ledger.ImageKey;
import io.github.gcrsync.ledger.Published;
import io.github.gcrsync.ledger.Recorded;
import io.github.gcrsync.plan.CopyTask;
import io.github.gcrsync.plan.Failure;
import io.github.gcrsync.plan.Plan;
import io.github.gcrsync.state.Suspect;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The result of a run.
 *
 * @param copied images copied and confirmed
 * @param vanished images deleted at the source after the listing
 * @param skipped images that are for none of the wanted platforms; {@code name:tag}, in order
 * @param failures of planning and copying, with the images that are held
 * @param referrers what was mirrored with the images
 * @param quarantined images in quarantine at the end, tried in this run or not
 * @param unfinished number of planned copies not made because the run ended early
 * @param postponed number of images left for the next run because the source's pull quota is used up
 * @param abandoned why the run gave up, if it did
 * @param published the ledger's last commit of this run, if any
 * @param unrecorded why the ledger could not be saved, if so
 */
public record RunReport(
        Plan plan,
        List<CopyTask> copied,
        List<CopyTask> vanished,
        List<String> skipped,
        List<Failure> failures,
        Referred referrers,
        List<Suspect> quarantined,
        int unfinished,
        int postponed,
        Optional<String> abandoned,
        Moved moved,
        Duration took,
        Optional<Published> published,
        Optional<String> unrecorded) {
    public RunReport {
        copied = List.copyOf(copied);
        vanished = List.copyOf(vanished);
        skipped = List.copyOf(skipped);
        failures = List.copyOf(failures);
        quarantined = List.copyOf(quarantined);
    }

    /** Returns recorded images that are gone on both sides. */
    public List<Recorded> lost() {
        return plan.drift().lost();
    }

    public Outcome outcome() {
        if (abandoned.isPresent()) {
            return Outcome.GIVEN_UP;
        }
        if (!failures.isEmpty() || isAnySkipped() || !referrers.incomplete().isEmpty() || unrecorded.isPresent()) {
            return Outcome.SOME_FAILED;
        }
        return postponed > 0 ? Outcome.OVER_QUOTA : Outcome.DONE;
    }

    /** A held back image counts even if another process has released it meanwhile: this run did not copy it. */
    private boolean isAnySkipped() {
        return unfinished > 0 || !quarantined.isEmpty() || !plan.heldBack().isEmpty();
    }

    /**
     * Returns the selected images that the destination lacks, and repositories that could not be listed, sorted. Images that are
     * too young are not selected yet.
     */
    public List<String> left() {
        Set<String> done = new HashSet<>(skipped);
        Stream.of(copied, vanished).flatMap(List::stream).forEach(task -> done.add(task.image()));
        return Stream.of(
                        plan.toCopy().stream().map(CopyTask::image).filter(image -> !done.contains(image)),
                        plan.waiting().stream().map(CopyTask::image),
                        plan.heldBack().stream().map(Suspect::image),
                        failures.stream().map(Failure::what))
                .flatMap(images -> images)
                .sorted()
                .distinct()
                .toList();
    }

    /** Returns the failures without those of held images. */
    public List<Failure> failed() {
        return failures.stream().filter(failure -> !failure.isHeld()).toList();
    }

    /** Returns images that did not replace another one, because their tag cannot be overwritten at the destination. */
    public List<Failure> held() {
        return failures.stream().filter(Failure::isHeld).toList();
    }

    /** Returns images that the source listed but does not have; {@code name:tag}, in order. */
    public List<String> gone() {
        return Stream.concat(
                        plan.gone().stream().map(ImageKey::toString),
                        vanished.stream().map(CopyTask::image))
                .sorted()
                .toList();
    }
}
