package io.github.gcrsync.run;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.copy.CopiedReferrers;
import io.github.gcrsync.copy.Copier;
import io.github.gcrsync.copy.CopyException;
import io.github.gcrsync.copy.CopyOptions;
import io.github.gcrsync.copy.CopyResult;
import io.github.gcrsync.copy.CopyTarget;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.copy.SkippedException;
import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.copy.StoppedException;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Platforms;
import io.github.gcrsync.oci.ReferrerTypes;
import io.github.gcrsync.plan.Failure;
import io.github.gcrsync.plan.ImageTask;
import io.github.gcrsync.plan.Reason;
import io.github.gcrsync.plan.Sides;
import io.github.gcrsync.run.ImageCopy.Status;
import io.github.gcrsync.run.ImageCopy.Target;
import io.github.gcrsync.run.quota.PullQuota;
import io.github.gcrsync.tasks.Tasks;
import io.github.gcrsync.text.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;

/** Copies one image to several destinations. A failure of one destination does not end the copies to the others. */
public final class ImageCopies {
    private final ImageSource source;
    private final String tagOrDigest;
    private final BooleanSupplier sourceAnswers;
    private final List<Target> targets;
    private final Settings settings;
    private final StopSignal stop;
    private final RunListener listener;
    private final Platforms platforms;
    private final Map<Target, ImageCopy> ended = new ConcurrentHashMap<>();
    private final Set<Task> behind = ConcurrentHashMap.newKeySet();
    private final ImageLookup destinations;

    /**
     * How images are copied.
     *
     * @param blobsInFlight most blobs of one copy that are transferred at a time
     * @param platforms of the image that are copied
     * @param referrers that are copied with it
     * @param signatures that the image needs, wherever it exists already
     * @param quota of the source, for a number of copies
     * @param patience how long one of several destinations may hold up the others
     */
    public record Settings(
            int blobsInFlight,
            Platforms platforms,
            ReferrerTypes referrers,
            SignatureCheck signatures,
            IntFunction<PullQuota> quota,
            Duration patience,
            StopSignal stop,
            RunListener listener) {}

    /** @param sourceAnswers asks whether the source is reachable */
    public ImageCopies(
            ImageSource source,
            String tagOrDigest,
            BooleanSupplier sourceAnswers,
            List<Target> targets,
            Settings settings) {
        this.source = source;
        this.tagOrDigest = tagOrDigest;
        this.sourceAnswers = sourceAnswers;
        this.targets = List.copyOf(targets);
        this.settings = settings;
        this.platforms = settings.platforms();
        this.destinations = new ImageLookup(platforms);
        this.stop = settings.stop();
        this.listener = settings.listener();
    }

    private record Task(Target to, Digest digest, Reason reason, Tally tally) implements ImageTask {
        @Override
        public String image() {
            return to.name();
        }

        @Override
        public String target() {
            return to.name();
        }
    }

    /** Never throws for failures of the source or of destinations; they are in the report. */
    public CopyReport run() {
        long began = System.nanoTime();
        stop.abandonable(this::copyAll);
        List<ImageCopy> copies = targets.stream()
                .map(target -> ended.getOrDefault(target, ImageCopy.of(target, Status.UNFINISHED, Optional.empty())))
                .toList();
        return new CopyReport(copies, Duration.ofNanos(System.nanoTime() - began));
    }

    private void copyAll() {
        Map<Target, Task> tasks = new ConcurrentHashMap<>();
        try {
            Digest digest = sourceDigest();
            settings.signatures().check("", source, digest);
            Tasks.forEach(
                    targets,
                    targets.size(),
                    target -> look(target, digest)
                            .ifPresent(reason -> tasks.put(target, new Task(target, digest, reason, new Tally()))));
        } catch (CopyException e) {
            sourceFailed(e);
        }
        List<Failure> failures = targets.stream()
                .flatMap(target -> Optional.ofNullable(ended.get(target)).flatMap(ImageCopy::failure).stream())
                .toList();
        long upToDate = ended.values().stream()
                .filter(copy -> copy.status() == Status.UP_TO_DATE)
                .count();
        listener.runStarted(new Workload(targets.size(), tasks.size(), (int) upToDate, failures.size()));
        failures.forEach(listener::imageFailed);
        if (tasks.isEmpty()) {
            return;
        }
        copy(targets.stream().filter(tasks::containsKey).map(tasks::get).toList());
    }

    private void copy(List<Task> tasks) {
        Copier copier = new Copier(CopyOptions.defaults()
                .withBlobsInFlight(settings.blobsInFlight())
                .withStop(stop)
                .withPatience(settings.patience())
                .withPlatforms(platforms)
                .withReferrers(settings.referrers()));
        PullQuota quota = settings.quota().apply(tasks.size());
        copy(tasks, copier, quota);
        Copier apart = copier.apart(settings.blobsInFlight());
        List<Task> slow = tasks.stream().filter(behind::contains).toList();
        Tasks.forEach(slow, Math.max(1, slow.size()), task -> copy(List.of(task), apart, quota));
    }

    /** Asks with HEAD where possible: registries do not count that as a pull. */
    private Digest sourceDigest() {
        try {
            return resolved()
                    .orElseGet(() -> source.manifest(tagOrDigest).descriptor())
                    .digest();
        } catch (RuntimeException e) {
            throw new CopyException(Side.SOURCE, ContentException.of(e));
        }
    }

    private Optional<Descriptor> resolved() {
        try {
            return source.resolve(tagOrDigest);
        } catch (ContentException.Incomplete e) {
            return Optional.empty(); // A folder without all platforms; copying shows what is missing.
        }
    }

    private void sourceFailed(CopyException e) {
        PullQuota quota = e.reason() instanceof ContentException.RateLimited
                ? settings.quota().apply(targets.size())
                : PullQuota.NONE;
        boolean overQuota = quota.refused(0);
        targets.forEach(target -> {
            if (overQuota) {
                ended.put(target, ImageCopy.of(target, Status.OVER_QUOTA, Optional.empty()));
            } else {
                failed(target, Optional.empty(), e, Moved.NOTHING);
            }
        });
    }

    /** Returns why the image must be copied; empty if the destination has it, or the destination failed. */
    private Optional<Reason> look(Target target, Digest digest) {
        try {
            Optional<Reason> missing = destinations.missing(target, digest);
            if (missing.isEmpty()) {
                ended.put(target, ImageCopy.of(target, Status.UP_TO_DATE, Optional.of(digest)));
            }
            return missing;
        } catch (ContentException e) {
            failed(target, Optional.of(digest), new CopyException(Side.DESTINATION, e), Moved.NOTHING);
            return Optional.empty();
        }
    }

    private void copy(List<Task> tasks, Copier by, PullQuota quota) {
        List<Task> left = new ArrayList<>(tasks);
        if (quota.isSpent(() -> {}, stop::isGiven, window -> mustRetry(left, by, quota, window))) {
            left.forEach(task ->
                    ended.put(task.to(), ImageCopy.of(task.to(), Status.OVER_QUOTA, Optional.of(task.digest()))));
        }
    }

    /**
     * Copies the image; returns true if the source's quota ended meanwhile.
     *
     * @param left where to copy; those that have ended are removed
     */
    private boolean mustRetry(List<Task> left, Copier by, PullQuota quota, long window) {
        left.forEach(listener::imageStarted);
        List<Task> again = new ArrayList<>();
        try {
            List<CopyResult> results = by.copy(
                    source,
                    left.getFirst().digest().value(),
                    left.stream().map(this::target).toList());
            for (int i = 0; i < left.size(); i++) {
                if (mustRetry(left.get(i), results.get(i), quota, window)) {
                    again.add(left.get(i));
                }
            }
        } catch (SkippedException e) {
            ContentException reason = new ContentException.Unsupported(
                    Message.of(String.valueOf(e.getMessage()), "choose another --platform"));
            left.forEach(task -> failed(task, new CopyException(Side.SOURCE, reason)));
        } catch (StoppedException e) {
            // The report counts it as unfinished.
        }
        left.retainAll(again);
        return !left.isEmpty();
    }

    private CopyTarget target(Task task) {
        Target to = task.to();
        RunListener both = new Listeners(task.tally(), listener);
        return new CopyTarget(to.repository(), to.server(), to.tagOrDigest(), true, both);
    }

    private boolean mustRetry(Task task, CopyResult result, PullQuota quota, long window) {
        switch (result) {
            case CopyResult.Stored stored -> copied(task, stored);
            case CopyResult.Behind _ -> behind.add(task);
            case CopyResult.Failed(CopyException e) -> {
                if (stop.isAbandoned()) {
                    return false; // We aborted it, so it counts as unfinished.
                }
                if (e.side() == Side.SOURCE
                        && e.reason() instanceof ContentException.RateLimited
                        && quota.refused(window)) {
                    return true;
                }
                failed(task, e);
            }
        }
        return false;
    }

    private void copied(Task task, CopyResult.Stored result) {
        Digest stored = result.manifest().digest();
        Target to = task.to();
        Moved moved = task.tally().moved();
        boolean isSame = destinations.had(to, stored) && moved.sendsNothing();
        Status status = isSame ? Status.UP_TO_DATE : Status.COPIED;
        Optional<CopiedReferrers> referrers = Optional.of(result.referrers())
                .filter(_ -> !settings.referrers().areNone());
        ended.put(to, new ImageCopy(to, status, Optional.of(stored), moved, referrers, Optional.empty(), false));
        listener.imageCopied(task);
    }

    private void failed(Task task, CopyException e) {
        listener.imageFailed(
                failed(task.to(), Optional.of(task.digest()), e, task.tally().moved()));
    }

    private Failure failed(Target target, Optional<Digest> digest, CopyException e, Moved moved) {
        Sides sides = new Sides(side -> (side == Side.SOURCE ? sourceAnswers : target.answers()).getAsBoolean());
        boolean refused = e.reason() instanceof ContentException.Denied denied && denied.areCredentialsRefused();
        boolean lost = refused || sides.isLost(e.side(), e.reason());
        Failure failure = new Failure(target.name(), e.side(), e.reason());
        ended.put(
                target,
                new ImageCopy(target, Status.FAILED, digest, moved, Optional.empty(), Optional.of(failure), lost));
        return failure;
    }
}
