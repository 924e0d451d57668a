package io.github.gcrsync.run;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.copy.Copier;
import io.github.gcrsync.copy.CopyException;
import io.github.gcrsync.copy.CopyOptions;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.copy.SkippedException;
import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.copy.StoppedException;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.oci.Platforms;
import io.github.gcrsync.plan.Failure;
import io.github.gcrsync.plan.ImageTask;
import io.github.gcrsync.plan.Reason;
import io.github.gcrsync.plan.Sides;
import io.github.gcrsync.run.ImageCopy.Status;
import io.github.gcrsync.run.ImageCopy.Target;
import io.github.gcrsync.tasks.Tasks;
import io.github.gcrsync.text.Message;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

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
    /** What the destinations have if that can be compared only with a rewritten index. */
    private final Map<Target, Digest> found = new ConcurrentHashMap<>();

    /**
     * How images are copied.
     *
     * @param blobsInFlight most blobs of one copy that are transferred at a time
     * @param platforms of the image that are copied
     * @param quota of the source, for a number of copies
     */
    public record Settings(
            int blobsInFlight,
            Platforms platforms,
            IntFunction<PullQuota> quota,
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
        this.stop = settings.stop();
        this.listener = settings.listener();
    }

    private record Task(Target to, Digest digest, Reason reason) implements ImageTask {
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
            Tasks.forEach(
                    targets,
                    targets.size(),
                    target -> look(target, digest)
                            .ifPresent(reason -> tasks.put(target, new Task(target, digest, reason))));
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
        PullQuota quota = settings.quota().apply(tasks.size());
        // One after the other, so that a later copy mounts the blobs of an earlier one.
        List<List<Task>> byServer = List.copyOf(targets.stream()
                .filter(tasks::containsKey)
                .map(tasks::get)
                .collect(Collectors.groupingBy(
                        task -> task.to().server(), LinkedHashMap::new, Collectors.<Task>toList()))
                .values());
        Tasks.forEach(byServer, byServer.size(), group -> group.forEach(task -> copy(task, quota)));
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
            Optional<Descriptor> there = target.repository().resolve(target.tagOrDigest());
            if (there.isEmpty()) {
                return Optional.of(Reason.NEW);
            }
            if (platforms.rewrite()) {
                found.put(target, there.get().digest());
                return Optional.of(Reason.DIFFERENT);
            }
            if (!there.get().digest().equals(digest)) {
                return Optional.of(Reason.DIFFERENT);
            }
            if (!hasPlatforms(target, there.get())) {
                return Optional.of(Reason.DAMAGED);
            }
            ended.put(target, ImageCopy.of(target, Status.UP_TO_DATE, Optional.of(digest)));
        } catch (ContentException.Incomplete e) {
            return Optional.of(Reason.DAMAGED);
        } catch (RuntimeException e) {
            ContentException reason = ContentException.of(e);
            if (reason instanceof ContentException.Denied denied && !denied.areCredentialsRefused()) {
                // Some registries deny this for a repository that does not exist yet; the push shows the real reason.
                return Optional.of(Reason.NEW);
            }
            failed(target, Optional.of(digest), new CopyException(Side.DESTINATION, reason), Moved.NOTHING);
        }
        return Optional.empty();
    }

    /** An index may be sparse. The platforms of a nested index are checked by copying it. */
    private boolean hasPlatforms(Target target, Descriptor there) {
        if (platforms.areAll() || !MediaType.isIndex(there.mediaType())) {
            return true;
        }
        Manifest index = target.repository().manifest(there.digest().value());
        Set<Descriptor> wanted = platforms.among(index.children());
        return !wanted.isEmpty()
                && wanted.stream()
                        .allMatch(child -> !MediaType.isIndex(child.mediaType())
                                && target.repository()
                                        .resolve(child.digest().value())
                                        .isPresent());
    }

    private void copy(Task task, PullQuota quota) {
        if (quota.isSpent(() -> {}, stop::isGiven, window -> mustRetry(task, quota, window))) {
            ended.put(task.to(), ImageCopy.of(task.to(), Status.OVER_QUOTA, Optional.of(task.digest())));
        }
    }

    /** Copies the image; returns true if the source's quota ended meanwhile. */
    private boolean mustRetry(Task task, PullQuota quota, long window) {
        Target to = task.to();
        Tally tally = new Tally();
        listener.imageStarted(task);
        try {
            Digest stored = new Copier(
                            new CopyOptions(settings.blobsInFlight(), stop, new Listeners(tally, listener), platforms))
                    .copy(source, task.digest().value(), to.repository(), to.tagOrDigest(), true)
                    .digest();
            boolean isSame = Optional.of(stored).equals(Optional.ofNullable(found.get(to)))
                    && tally.moved().sendsNothing();
            Status status = isSame ? Status.UP_TO_DATE : Status.COPIED;
            ended.put(to, new ImageCopy(to, status, Optional.of(stored), tally.moved(), Optional.empty(), false));
            listener.imageCopied(task);
        } catch (SkippedException e) {
            ContentException reason = new ContentException.Unsupported(
                    Message.of(String.valueOf(e.getMessage()), "choose another --platform"));
            listener.imageFailed(
                    failed(to, Optional.of(task.digest()), new CopyException(Side.SOURCE, reason), tally.moved()));
        } catch (StoppedException e) {
            // The report counts it as unfinished.
        } catch (CopyException e) {
            if (stop.isAbandoned()) {
                return false; // We aborted it, so it counts as unfinished.
            }
            if (e.side() == Side.SOURCE
                    && e.reason() instanceof ContentException.RateLimited
                    && quota.refused(window)) {
                return true;
            }
            listener.imageFailed(failed(to, Optional.of(task.digest()), e, tally.moved()));
        }
        return false;
    }

    private Failure failed(Target target, Optional<Digest> digest, CopyException e, Moved moved) {
        Sides sides = new Sides(side -> (side == Side.SOURCE ? sourceAnswers : target.answers()).getAsBoolean());
        boolean refused = e.reason() instanceof ContentException.Denied denied && denied.areCredentialsRefused();
        boolean lost = refused || sides.isLost(e.side(), e.reason());
        Failure failure = new Failure(target.name(), e.side(), e.reason());
        ended.put(target, new ImageCopy(target, Status.FAILED, digest, moved, Optional.of(failure), lost));
        return failure;
    }
}
