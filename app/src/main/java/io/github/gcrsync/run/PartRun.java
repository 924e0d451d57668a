package io.github.gcrsync.run;

import io.github.gcrsync.copy.CopiedReferrers;
import io.github.gcrsync.copy.CopyException;
import io.github.gcrsync.copy.CopyResult;
import io.github.gcrsync.copy.CopyTarget;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.ledger.Attributes;
import io.github.gcrsync.ledger.Entry;
import io.github.gcrsync.ledger.LedgerException;
import io.github.gcrsync.ledger.Published;
import io.github.gcrsync.plan.CopyTask;
import io.github.gcrsync.plan.Failure;
import io.github.gcrsync.plan.Plan;
import io.github.gcrsync.plan.ReferrerTags;
import io.github.gcrsync.plan.Refs;
import io.github.gcrsync.run.quarantine.Suspicions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** What has happened so far at one destination: records it, and reports it at the end. */
final class PartRun {
    private final Part part;
    private final RunListener listener;
    private final Suspicions suspicions;
    private final Checkpoints checkpoints;
    private final Tally tally = new Tally();

    private final Optional<ReferrerTags> referrers;
    private final Referred.Tally referring = new Referred.Tally();
    private final Collection<CopyTask> copied = new ConcurrentLinkedQueue<>();
    private final Collection<CopyTask> vanished = new ConcurrentLinkedQueue<>();
    private final Collection<CopyTask> skipped = new ConcurrentLinkedQueue<>();
    private final AtomicInteger postponed = new AtomicInteger();
    private final AtomicInteger referrersPostponed = new AtomicInteger();
    private final Collection<Failure> failures = new ConcurrentLinkedQueue<>();
    private final AtomicReference<Optional<String>> abandoned = new AtomicReference<>(Optional.empty());

    PartRun(Part part, CheckpointInterval interval, Optional<ReferrerTags> referrers) {
        this.part = part;
        this.referrers = referrers;
        this.suspicions = part.quarantine().suspicions(part.plan());
        this.listener = part.listener();
        this.checkpoints = new Checkpoints(part.ledger(), interval, listener);
    }

    Plan plan() {
        return part.plan();
    }

    void start() {
        listener.runStarted(Workload.of(plan()));
        plan().failures().forEach(listener::imageFailed);
        plan().waits().record(part.ledger());
        part.ledger().sighted(plan().marks().changed());
        part.ledger().adopt(plan().toAdopt().stream().map(this::entry).toList());
    }

    String place() {
        return part.place();
    }

    boolean isAbandoned() {
        return abandoned.get().isPresent();
    }

    boolean isQuarantined(CopyTask task) {
        return part.quarantine().isQuarantined(task);
    }

    CopyTarget target(CopyTask task) {
        return target(task, new Listeners(tally, listener));
    }

    /** Returns a target without events: the image is not copied. */
    CopyTarget quietTarget(CopyTask task) {
        return target(task, tally);
    }

    private CopyTarget target(CopyTask task, RunListener events) {
        return new CopyTarget(
                part.destination().repository(task.to()),
                part.server(),
                task.toTag(),
                !plan().drift().emptyRepositories().contains(task.to()),
                events);
    }

    void started(CopyTask task) {
        listener.imageStarted(task);
    }

    void copied(CopyTask task, CopyResult.Stored stored) {
        CopyTask done = task.storedAs(stored.manifest().digest());
        copied(done, refs(done, stored.referrers()), stored.referrers());
    }

    /** @param refs what the ledger records of the referrers */
    void copied(CopyTask done, Optional<Refs> refs, CopiedReferrers referrers) {
        copied.add(done);
        suspicions.arrived(done);
        referring.copied(done.image(), referrers);
        listener.imageReferrers(done, referrers);
        listener.imageCopied(done);
        checkpoints.record(entry(done, refs));
    }

    /** The referrers of an image that the destination has were copied, if there are any. */
    void referred(CopyTask task, CopiedReferrers copied) {
        copied.failures().stream()
                .map(CopiedReferrers.Failure::reason)
                .filter(e -> e.side() == Side.DESTINATION)
                .map(this::reasonToEnd)
                .filter(Optional::isPresent)
                .findFirst()
                .ifPresent(this::abandon);
        referred(task, refs(task, copied), copied);
    }

    /** @param found what the ledger is to record of the referrers */
    void referred(CopyTask task, Optional<Refs> found, CopiedReferrers copied) {
        Optional<Refs> before =
                part.ledger().row(task.name(), task.tag()).flatMap(row -> Refs.recorded(row.attributes()));
        Optional<Refs> refs = found.map(known -> known.after(before));
        boolean isAdded = refs.filter(known -> known.differsFrom(before)).isPresent();
        referring.referred(task, copied, isAdded);
        if (isAdded || !copied.areComplete()) {
            listener.imageReferrers(task, copied);
        }
        if (!refs.equals(before)) {
            part.ledger().adopt(List.of(entry(task, refs)));
        }
    }

    private Optional<Refs> refs(CopyTask task, CopiedReferrers copied) {
        return referrers.flatMap(tags -> tags.refs(task, copied));
    }

    void vanished(CopyTask task) {
        vanished.add(task);
        listener.imageVanished(task);
    }

    void skipped(CopyTask task, String reason) {
        skipped.add(task);
        suspicions.arrived(task);
        listener.imageSkipped(task, reason);
    }

    void postponed() {
        postponed.incrementAndGet();
    }

    void referrersPostponed() {
        referrersPostponed.incrementAndGet();
    }

    /** One failure is enough: a side that failed as a whole fails for every image. */
    Optional<String> reasonToEnd(CopyException e) {
        return part.sides().reasonToEndRun(e.side(), e.reason(), copied.isEmpty());
    }

    /** Returns why the destination or the source has failed as a whole, if so. */
    Optional<String> failed(CopyTask task, CopyException e) {
        Optional<String> why = reasonToEnd(e);
        if (why.isPresent() && !isFirstReason(why)) {
            return why;
        }
        failedAlone(task, e);
        return why;
    }

    /** The failure does not end this part. */
    void failedAlone(CopyTask task, CopyException e) {
        Failure failure = new Failure(task.image(), e.side(), e.reason());
        failures.add(failure);
        suspicions.failed(task, failure);
        listener.imageFailed(failure);
    }

    /** Adds what was transferred elsewhere. */
    void moved(Moved moved) {
        tally.add(moved);
    }

    /** Ends this part, if it has not ended for another reason. */
    void abandon(Optional<String> why) {
        boolean ignored = isFirstReason(why);
    }

    private boolean isFirstReason(Optional<String> why) {
        return abandoned.compareAndSet(Optional.empty(), why);
    }

    void saveIfDue() {
        checkpoints.saveIfDue();
    }

    /** Records finished images even if the run ends with an internal error. */
    void recordDespite(Throwable error) {
        try {
            forgetMissing();
            checkpoints.finish();
        } catch (RuntimeException e) {
            if (!e.equals(error)) {
                error.addSuppressed(e);
            }
        }
    }

    RunReport finish(long began) {
        forgetMissing();
        Optional<Published> published = Optional.empty();
        Optional<String> unrecorded = Optional.empty();
        try {
            published = checkpoints.finish();
        } catch (LedgerException e) {
            unrecorded = Optional.of(String.valueOf(e.getMessage()));
        }
        List<Failure> all = new ArrayList<>(plan().failures());
        all.addAll(failures);
        all.sort(Comparator.comparing(Failure::what));
        List<CopyTask> done =
                copied.stream().sorted(Comparator.comparing(CopyTask::image)).toList();
        int ended = done.size() + vanished.size() + skipped.size() + failures.size() + postponed.get();
        return new RunReport(
                plan(),
                done,
                List.copyOf(vanished),
                skipped.stream().map(CopyTask::image).sorted().toList(),
                all,
                referring.sum(),
                suspicions.finish(),
                plan().toCopy().size() - ended,
                postponed.get() + referrersPostponed.get(),
                abandoned.get(),
                tally.moved(),
                Duration.ofNanos(System.nanoTime() - began),
                published,
                unrecorded);
    }

    /** The next run must not trust records of images that were found missing and not copied again. */
    private void forgetMissing() {
        Plan plan = plan();
        plan.unrepaired(copied).forEach(task -> part.ledger().forget(task.name(), task.tag()));
        plan.drift().lost().forEach(image -> part.ledger().forget(image.name(), image.reference()));
        plan.released().forEach(image -> part.ledger().forget(image.name(), image.reference()));
    }

    private Entry entry(CopyTask task) {
        return task.entry(part.names().link(task.to()));
    }

    private Entry entry(CopyTask task, Optional<Refs> refs) {
        Entry entry = entry(task);
        return refs.map(known -> entry.with(Attributes.REFS, known.text())).orElse(entry);
    }
}
