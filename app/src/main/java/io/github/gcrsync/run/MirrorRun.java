package io.github.gcrsync.run;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.copy.Copier;
import io.github.gcrsync.copy.CopyException;
import io.github.gcrsync.copy.CopyOptions;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.copy.SkippedException;
import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.copy.StoppedException;
import io.github.gcrsync.ledger.Entry;
import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.ledger.LedgerException;
import io.github.gcrsync.ledger.Published;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Platforms;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.plan.CopyTask;
import io.github.gcrsync.plan.Failure;
import io.github.gcrsync.plan.Plan;
import io.github.gcrsync.plan.Sides;
import io.github.gcrsync.rule.DestinationNames;
import io.github.gcrsync.tasks.Tasks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/** Runs a plan: copies images, records what the destination has confirmed, and reports. */
public final class MirrorRun {
    private final Plan plan;
    private final Function<RepositoryName, ? extends ImageSource> source;
    private final Store destination;
    private final Sides sides;
    private final DestinationNames names;
    private final Ledger ledger;
    private final Quarantine quarantine;
    private final Suspicions suspicions;
    private final Settings settings;
    private final PullQuota quota;
    private final StopSignal stop;
    private final RunListener listener;
    private final Checkpoints checkpoints;
    private final Tally tally;
    private final Copier copier;

    private final Collection<CopyTask> copied = new ConcurrentLinkedQueue<>();
    private final Collection<CopyTask> vanished = new ConcurrentLinkedQueue<>();
    private final Collection<CopyTask> skipped = new ConcurrentLinkedQueue<>();
    private final AtomicInteger postponed = new AtomicInteger();
    private final Collection<Failure> failures = new ConcurrentLinkedQueue<>();
    private final AtomicReference<Optional<String>> abandoned = new AtomicReference<>(Optional.empty());

    /**
     * Settings that differ from run to run.
     *
     * @param quota of the source
     */
    public record Settings(
            int imagesAtATime, CheckpointInterval interval, PullQuota quota, StopSignal stop, RunListener listener) {}

    /**
     * @param sides decides when the run must end
     * @param platforms of the images that are copied
     * @param quarantine already applied to the plan
     */
    public MirrorRun(
            Plan plan,
            Function<RepositoryName, ? extends ImageSource> source,
            Store destination,
            Sides sides,
            DestinationNames names,
            Platforms platforms,
            Ledger ledger,
            Quarantine quarantine,
            Settings settings) {
        this.plan = plan;
        this.source = source;
        this.destination = destination;
        this.sides = sides;
        this.names = names;
        this.ledger = ledger;
        this.quarantine = quarantine;
        this.suspicions = quarantine.suspicions(plan);
        this.settings = settings;
        this.quota = settings.quota();
        this.stop = settings.stop();
        this.listener = settings.listener();
        this.checkpoints = new Checkpoints(ledger, settings.interval(), listener);
        this.tally = new Tally();
        this.copier = new Copier(new CopyOptions(
                blobsInFlight(settings.imagesAtATime()), stop, new Listeners(tally, listener), platforms));
    }

    /** Most images have few layers, one or two of them large; this many blobs keep every image in progress. */
    public static int blobsInFlight(int imagesAtATime) {
        return Math.clamp(2L * imagesAtATime, 4, 64);
    }

    /** Never throws for failures of images or of the ledger; they are in the report. */
    public RunReport run() {
        long began = System.nanoTime();
        listener.runStarted(Workload.of(plan));
        plan.failures().forEach(listener::imageFailed);
        ledger.adopt(plan.toAdopt().stream().map(this::entry).toList());
        try {
            stop.abandonable(() -> Tasks.forEach(
                    quarantine.ordered(interleaved(plan.toCopy())), settings.imagesAtATime(), this::copy));
        } catch (RuntimeException | Error error) {
            recordDespite(error);
            throw error;
        }
        forgetMissing();
        Optional<Published> published = Optional.empty();
        Optional<String> unrecorded = Optional.empty();
        try {
            published = checkpoints.finish();
        } catch (LedgerException e) {
            unrecorded = Optional.of(String.valueOf(e.getMessage()));
        }

        List<Failure> all = new ArrayList<>(plan.failures());
        all.addAll(failures);
        all.sort(Comparator.comparing(Failure::what));
        List<CopyTask> done =
                copied.stream().sorted(Comparator.comparing(CopyTask::image)).toList();
        int unfinished = plan.toCopy().size()
                - done.size()
                - vanished.size()
                - skipped.size()
                - failures.size()
                - postponed.get();
        return new RunReport(
                plan,
                done,
                List.copyOf(vanished),
                skipped.stream().map(CopyTask::image).sorted().toList(),
                all,
                suspicions.finish(),
                unfinished,
                postponed.get(),
                abandoned.get(),
                tally.moved(),
                Duration.ofNanos(System.nanoTime() - began),
                published,
                unrecorded);
    }

    /** The next run must not trust records of images that were found missing and not copied again. */
    private void forgetMissing() {
        plan.unrepaired(copied).forEach(task -> ledger.forget(task.name(), task.tag()));
        plan.drift().lost().forEach(image -> ledger.forget(image.name(), image.reference()));
        plan.released().forEach(image -> ledger.forget(image.name(), image.reference()));
    }

    /** Records finished images even if the run ends with an internal error. */
    private void recordDespite(Throwable error) {
        try {
            forgetMissing();
            checkpoints.finish();
        } catch (LedgerException e) {
            error.addSuppressed(e);
        }
    }

    /**
     * Returns the first image of each repository, then the second of each, and so on. Images of one repository share
     * most layers, so at the same time they would only wait for each other.
     */
    static List<CopyTask> interleaved(List<CopyTask> tasks) {
        Map<RepositoryName, Integer> seen = new HashMap<>();
        List<List<CopyTask>> rounds = new ArrayList<>();
        for (CopyTask task : tasks) {
            int round = seen.merge(task.from(), 1, Integer::sum) - 1;
            if (round == rounds.size()) {
                rounds.add(new ArrayList<>());
            }
            rounds.get(round).add(task);
        }
        return rounds.stream().flatMap(List::stream).toList();
    }

    private void copy(CopyTask task) {
        boolean isSpent = quota.isSpent(
                checkpoints::saveIfDue,
                () -> stop.isGiven() || abandoned.get().isPresent(),
                window -> mustRetry(task, window));
        if (isSpent) {
            postponed.incrementAndGet();
        }
    }

    /** Copies an image; returns true if the source's quota ended meanwhile. */
    private boolean mustRetry(CopyTask task, long window) {
        listener.imageStarted(task);
        try {
            CopyTask done = copyOrFollow(task);
            copied.add(done);
            suspicions.arrived(done);
            listener.imageCopied(done);
            checkpoints.record(entry(done));
        } catch (VanishedException e) {
            vanished.add(task);
            listener.imageVanished(task);
        } catch (SkippedException e) {
            skipped.add(task);
            suspicions.arrived(task);
            listener.imageSkipped(task, String.valueOf(e.getMessage()));
        } catch (StoppedException e) {
            // The report counts it as unfinished; the next run copies it.
        } catch (CopyException e) {
            if (stop.isAbandoned()) {
                return false; // We aborted it, so it counts as unfinished.
            }
            if (e.side() == Side.SOURCE
                    && e.reason() instanceof ContentException.RateLimited
                    && quota.refused(window)) {
                return true;
            }
            failed(task, e.side(), e.reason());
        }
        return false;
    }

    /** Copies the digest of the listing; if that is gone, the digest that the tag points to now. */
    private CopyTask copyOrFollow(CopyTask task) {
        try {
            return copyDigest(task);
        } catch (CopyException e) {
            if (task.isPinned() || e.side() != Side.SOURCE || !(e.reason() instanceof ContentException.NotFound)) {
                throw e;
            }
            CopyTask current = current(task);
            if (current.digest().equals(task.digest())) {
                throw e; // The tag did not move; part of the image is missing.
            }
            return copyDigest(current);
        }
    }

    private CopyTask copyDigest(CopyTask task) {
        Descriptor stored = copier.copy(
                source.apply(task.from()),
                task.digest().value(),
                destination.repository(task.to()),
                task.toTag(),
                !plan.drift().emptyRepositories().contains(task.to()));
        return task.storedAs(stored.digest());
    }

    private CopyTask current(CopyTask task) {
        try {
            return task.withDigest(source.apply(task.from())
                    .resolve(task.tag())
                    .orElseThrow(VanishedException::new)
                    .digest());
        } catch (RuntimeException e) {
            throw new CopyException(Side.SOURCE, ContentException.of(e));
        }
    }

    private void failed(CopyTask task, Side side, ContentException reason) {
        // One failure is enough: a side that failed as a whole fails for every image.
        Optional<String> why = sides.reasonToEndRun(side, reason, copied.isEmpty());
        if (why.isPresent() && !abandoned.compareAndSet(Optional.empty(), why)) {
            return;
        }
        Failure failure = new Failure(task.image(), side, reason);
        failures.add(failure);
        suspicions.failed(task, failure);
        listener.imageFailed(failure);
    }

    private Entry entry(CopyTask task) {
        return task.entry(names.link(task.to()));
    }

    /** The source no longer has the tag. */
    private static final class VanishedException extends RuntimeException {}
}
