package io.github.gcrsync.cluster;

import io.github.gcrsync.cluster.message.Assignment;
import io.github.gcrsync.cluster.message.Results;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.copy.BlobClaims;
import io.github.gcrsync.copy.CopiedReferrers;
import io.github.gcrsync.copy.CopyException;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.ledger.MemoryLedger;
import io.github.gcrsync.mirror.Mirror;
import io.github.gcrsync.mirror.Planned;
import io.github.gcrsync.plan.CopyTask;
import io.github.gcrsync.plan.Failure;
import io.github.gcrsync.plan.Plan;
import io.github.gcrsync.plan.Refs;
import io.github.gcrsync.run.CheckpointInterval;
import io.github.gcrsync.run.Dispatch;
import io.github.gcrsync.run.Dispatch.Result;
import io.github.gcrsync.run.MirrorRun;
import io.github.gcrsync.run.Moved;
import io.github.gcrsync.run.RunReport;
import io.github.gcrsync.run.quota.PullQuota;
import io.github.gcrsync.text.Message;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Copies the images of one task like a run of its own. */
final class TaskRun {
    private final Assignment assignment;
    private final StopSignal stop;

    TaskRun(Assignment assignment, StopSignal stop) {
        this.assignment = assignment;
        this.stop = stop;
    }

    /**
     * The end of a task.
     *
     * @param rest what another worker, or this one, must do; empty if nothing is left
     * @param isAtWorker whether the cause of an early end may be this worker: its network, file or logins
     */
    record Ended(Results results, Optional<Assignment> rest, boolean isAtWorker) {
        static final Ended WITHOUT_WORK = new Ended(Results.NONE, Optional.empty(), false);
    }

    private record Place(Dispatch.Part part, MemoryLedger ledger, Heard heard) {}

    Ended run(WorkerMirrors.Opened mirrors, PullQuota quota, BlobClaims claims, int imagesAtATime) {
        List<Place> places = new ArrayList<>();
        List<Planned> planned = new ArrayList<>();
        Dispatch.Repository work = assignment.work();
        for (Dispatch.Part part : work.parts()) {
            WorkerMirrors.Bound bound = mirrors.at(part.place());
            Place place = new Place(part, bound.ledger(), new Heard());
            places.add(place);
            planned.add(bound.mirror()
                    .assigned(
                            work.from(),
                            work.tags(),
                            Plan.assigned(part.copies(), part.referring(), part.empty()),
                            place.heard()));
        }
        MirrorRun.Result result = Mirror.run(
                planned,
                new MirrorRun.Settings(
                        imagesAtATime,
                        CheckpointInterval.DEFAULT,
                        quota,
                        stop,
                        mirrors.patience(),
                        Optional.empty(),
                        claims));
        return ended(places, result);
    }

    private Ended ended(List<Place> places, MirrorRun.Result result) {
        boolean isFinal = assignment.isLastAttempt() && !stop.isGiven();
        boolean isAnyLost = false;
        List<Results.Part> parts = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            RunReport report = result.reports().get(i);
            Optional<String> lost = report.abandoned().or(() -> refused(report));
            isAnyLost |= lost.isPresent();
            Map<String, Result> copies = copies(places.get(i), report, lost.isPresent() && !isFinal);
            List<Results.Image> images = new ArrayList<>();
            copies.forEach((image, end) -> images.add(new Results.Image(image, end)));
            referring(places.get(i), report).forEach((image, end) -> images.add(new Results.Image(image, end)));
            parts.add(new Results.Part(
                    places.get(i).part().place(), images, report.moved(), lost.filter(_ -> !stop.isGiven())));
        }
        return new Ended(
                new Results(parts, result.pulled()),
                (isAnyLost && !isFinal) || stop.isGiven()
                        ? rest(parts, isAnyLost && !stop.isGiven() ? 1 : 0)
                        : Optional.empty(),
                isAnyLost);
    }

    /** Another worker may have the login that this one lacks; it gets one attempt. */
    private Optional<String> refused(RunReport report) {
        return assignment.isFirstAttempt() && report.copied().isEmpty()
                ? report.failures().stream()
                        .map(Failure::reason)
                        .filter(ContentException.Denied.class::isInstance)
                        .findFirst()
                        .map(reason -> String.valueOf(reason.getMessage()))
                : Optional.empty();
    }

    private Map<String, Result> copies(Place place, RunReport report, boolean isToRepeat) {
        Map<String, Result> ends = new LinkedHashMap<>();
        Heard heard = place.heard();
        for (CopyTask task : report.copied()) {
            ends.put(
                    task.image(),
                    new Result.Copied(
                            task.digest(),
                            task.stored(),
                            refs(place, task),
                            heard.referrers(task).orElse(CopiedReferrers.NONE)));
        }
        report.vanished().forEach(task -> ends.put(task.image(), new Result.Vanished()));
        report.skipped().forEach(image -> ends.put(image, new Result.Skipped(heard.reason(image))));
        if (!isToRepeat) {
            Map<String, Failure> failures = new LinkedHashMap<>();
            report.failures().forEach(failure -> failures.put(failure.what(), failure));
            for (CopyTask task : place.part().copies()) {
                Failure failure = failures.get(task.image());
                if (failure != null) {
                    ends.put(
                            task.image(),
                            new Result.Failed(task.digest(), new CopyException(failure.side(), failure.reason())));
                } else if (report.postponed() > 0 && !stop.isGiven()) {
                    ends.putIfAbsent(task.image(), new Result.Postponed());
                }
            }
        }
        return ends;
    }

    private static Map<String, Result> referring(Place place, RunReport report) {
        Map<String, Result> ends = new LinkedHashMap<>();
        for (CopyTask task : place.part().referring()) {
            Optional<CopiedReferrers> found = place.heard().referrers(task);
            Optional<Refs> refs = refs(place, task);
            if (found.isPresent() || refs.isPresent()) {
                ends.put(task.image(), new Result.Referred(refs, found.orElse(CopiedReferrers.NONE)));
            } else if (report.postponed() > 0) {
                ends.put(task.image(), new Result.ReferrersPostponed());
            }
        }
        return ends;
    }

    private static Optional<Refs> refs(Place place, CopyTask task) {
        return place.ledger().row(task.name(), task.tag()).flatMap(row -> Refs.recorded(row.attributes()));
    }

    /** Returns the images without a result. */
    private Optional<Assignment> rest(List<Results.Part> ended, int attempts) {
        List<Dispatch.Part> left = new ArrayList<>();
        for (int i = 0; i < ended.size(); i++) {
            Dispatch.Part part = assignment.work().parts().get(i);
            List<Results.Image> images = ended.get(i).images();
            List<CopyTask> copies = without(part.copies(), images, result -> !isOfReferrers(result));
            List<CopyTask> referring = without(part.referring(), images, TaskRun::isOfReferrers);
            if (!copies.isEmpty() || !referring.isEmpty()) {
                left.add(new Dispatch.Part(part.place(), copies, referring, part.empty()));
            }
        }
        Dispatch.Repository work = assignment.work();
        return left.isEmpty()
                ? Optional.empty()
                : Optional.of(new Assignment(
                        assignment.mirror(),
                        assignment.attempt() + attempts,
                        new Dispatch.Repository(work.from(), work.tags(), left)));
    }

    private static List<CopyTask> without(List<CopyTask> tasks, List<Results.Image> ended, Predicate<Result> kind) {
        Set<String> names = ended.stream()
                .filter(image -> kind.test(image.result()))
                .map(Results.Image::name)
                .collect(Collectors.toSet());
        return tasks.stream().filter(task -> !names.contains(task.image())).toList();
    }

    private static boolean isOfReferrers(Result result) {
        return result instanceof Result.Referred || result instanceof Result.ReferrersPostponed;
    }

    /** Returns the end of a task that could not begin, or ended with an internal error. */
    Ended failed(Message words) {
        boolean isFinal = assignment.isLastAttempt();
        CopyException reason = new CopyException(Side.DESTINATION, new ContentException.Unsupported(words));
        List<Results.Part> parts = assignment.work().parts().stream()
                .map(part -> new Results.Part(
                        part.place(),
                        !isFinal
                                ? List.of()
                                : part.copies().stream()
                                        .map(task -> new Results.Image(
                                                task.image(), new Result.Failed(task.digest(), reason)))
                                        .toList(),
                        Moved.NOTHING,
                        Optional.of(words.toString()).filter(_ -> !stop.isGiven())))
                .toList();
        return new Ended(new Results(parts, 0), isFinal ? Optional.empty() : rest(parts, stop.isGiven() ? 0 : 1), true);
    }
}
