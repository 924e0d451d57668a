package io.github.gcrsync.run;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.copy.BlobClaims;
import io.github.gcrsync.copy.Copier;
import io.github.gcrsync.copy.CopyException;
import io.github.gcrsync.copy.CopyOptions;
import io.github.gcrsync.copy.CopyResult;
import io.github.gcrsync.copy.Side;
import io.github.gcrsync.copy.SkippedException;
import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.copy.StoppedException;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Platforms;
import io.github.gcrsync.oci.ReferrerTypes;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.plan.CopyTask;
import io.github.gcrsync.plan.ReferrerTags;
import io.github.gcrsync.run.ImageGroup.Copy;
import io.github.gcrsync.run.quota.PullQuota;
import io.github.gcrsync.tasks.Tasks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Runs the plans of one mirror, one for each destination: copies images, records what the destinations have confirmed,
 * and reports. An image that several destinations lack is copied to them at the same time.
 */
public final class MirrorRun {
    private final List<PartRun> parts;
    private final Function<RepositoryName, ? extends ImageSource> source;
    private final Content content;
    private final Settings settings;
    private final StopSignal stop;
    private final Tally reading = new Tally();
    private final Copier copier;
    private final Lanes lanes;

    /**
     * What is copied of an image.
     *
     * @param referrers empty: none
     * @param signatures that the image needs
     */
    public record Content(Platforms platforms, Optional<ReferrerTags> referrers, SignatureCheck signatures) {
        /** All platforms without referrers. */
        public static final Content IMAGES = new Content(Platforms.ALL, Optional.empty(), SignatureCheck.NONE);

        private ReferrerTypes types() {
            return referrers.map(ReferrerTags::types).orElse(ReferrerTypes.NONE);
        }

        /** Returns what {@link Copier} needs to know about the repository. */
        Set<String> tags(RepositoryName repository) {
            return types().areNone() ? Set.of() : referrers.orElseThrow().known(repository);
        }
    }

    /**
     * Settings that differ from run to run.
     *
     * @param quota of the source
     * @param patience how long one of several destinations may hold up the others
     * @param dispatch copies the images; empty: this process does
     * @param claims of blobs that other processes copy too
     */
    public record Settings(
            int imagesAtATime,
            CheckpointInterval interval,
            PullQuota quota,
            StopSignal stop,
            Duration patience,
            Optional<Dispatch> dispatch,
            BlobClaims claims) {}

    /**
     * The result of a run.
     *
     * @param reports in the order of the parts
     * @param pulled bytes read from the source
     */
    public record Result(List<RunReport> reports, long pulled) {
        public Result {
            reports = List.copyOf(reports);
        }
    }

    public MirrorRun(
            List<Part> parts,
            Function<RepositoryName, ? extends ImageSource> source,
            Content content,
            Settings settings) {
        this.parts = parts.stream()
                .map(part -> new PartRun(part, settings.interval(), content.referrers()))
                .toList();
        this.source = source;
        this.content = content;
        this.settings = settings;
        this.stop = settings.stop();
        this.copier = new Copier(CopyOptions.defaults()
                .withBlobsInFlight(blobsInFlight(settings.imagesAtATime()))
                .withStop(stop)
                .withListener(reading)
                .withPatience(settings.patience())
                .withClaims(settings.claims())
                .withPlatforms(content.platforms())
                .withReferrers(content.types()));
        this.lanes = new Lanes(this.parts, copier, (copy, apart) -> copy(List.of(copy), apart));
    }

    /** Most images have few layers, one or two of them large; this many blobs keep every image in progress. */
    public static int blobsInFlight(int imagesAtATime) {
        return Math.clamp(2L * imagesAtATime, 4, 64);
    }

    /** Never throws for failures of images, of destinations or of ledgers; they are in the reports. */
    public Result run() {
        long began = System.nanoTime();
        parts.forEach(PartRun::start);
        try {
            if (settings.dispatch().isPresent()) {
                settings.dispatch().get().run(new DispatchedRun(parts, content, stop, reading));
            } else {
                stop.abandonable(this::copyAll);
            }
            return new Result(
                    parts.stream().map(part -> part.finish(began)).toList(),
                    reading.moved().bytes());
        } catch (RuntimeException | Error error) {
            parts.forEach(part -> part.recordDespite(error));
            throw error;
        }
    }

    private void copyAll() {
        try {
            Tasks.forEach(
                    ImageGroup.of(parts),
                    settings.imagesAtATime(),
                    group -> copy(lanes.without(group.copies()), copier));
        } finally {
            lanes.await();
        }
        lanes.check();
        new ReferrerRun(parts, source, content, copier, settings).run();
    }

    /** Copies one image, as soon as the source's quota admits it. */
    private void copy(List<Copy> copies, Copier by) {
        List<Copy> left = new ArrayList<>(copies);
        boolean isSpent = settings.quota()
                .isSpent(
                        () -> parts.forEach(PartRun::saveIfDue),
                        () -> stop.isGiven()
                                || left.stream().allMatch(copy -> copy.part().isAbandoned()),
                        window -> mustRetry(left, by, window));
        if (isSpent) {
            left.forEach(copy -> copy.part().postponed());
        }
    }

    /**
     * Copies an image; returns true if the source's quota ended meanwhile.
     *
     * @param left the copies to make; those that have ended are removed
     */
    private boolean mustRetry(List<Copy> left, Copier by, long window) {
        left.removeIf(copy -> copy.part().isAbandoned());
        if (left.isEmpty()) {
            return false; // Ended while the quota admitted it.
        }
        left.forEach(copy -> copy.part().started(copy.task()));
        List<PartRun> again = new ArrayList<>();
        try {
            copyOrFollow(List.copyOf(left), by, (copy, result) -> {
                if (mustRetry(copy, result, window)) {
                    again.add(copy.part()); // A tag that moved has another task now.
                }
            });
        } catch (SkippedException e) {
            left.forEach(copy -> copy.part().skipped(copy.task(), String.valueOf(e.getMessage())));
        } catch (StoppedException e) {
            // The reports count it as unfinished; the next run copies it.
        }
        left.removeIf(copy -> !again.contains(copy.part()));
        return !left.isEmpty();
    }

    /** Copies the digest of the listing; if that is gone, the digest that the tag points to now. */
    private void copyOrFollow(List<Copy> copies, Copier by, BiConsumer<Copy, CopyResult> ended) {
        Map<Copy, CopyResult> gone = new LinkedHashMap<>();
        copy(copies, by, (copy, result) -> {
            if (isGone(result) && !copy.task().isPinned()) {
                gone.put(copy, result);
            } else {
                ended.accept(copy, result);
            }
        });
        if (!gone.isEmpty()) {
            follow(gone, by, ended);
        }
    }

    private void follow(Map<Copy, CopyResult> gone, Copier by, BiConsumer<Copy, CopyResult> ended) {
        CopyTask task = gone.keySet().iterator().next().task();
        Optional<Digest> current;
        try {
            current = source.apply(task.from()).resolve(task.tag()).map(Descriptor::digest);
        } catch (RuntimeException e) {
            CopyException unknown = new CopyException(Side.SOURCE, ContentException.of(e));
            gone.keySet().forEach(copy -> ended.accept(copy, new CopyResult.Failed(unknown)));
            return;
        }
        if (current.isEmpty()) {
            gone.keySet().forEach(copy -> copy.part().vanished(copy.task()));
        } else if (current.get().equals(task.digest())) {
            gone.forEach(ended); // The tag did not move; part of the image is missing.
        } else {
            copy(
                    gone.keySet().stream()
                            .map(copy -> new Copy(copy.part(), copy.task().withDigest(current.get())))
                            .toList(),
                    by,
                    ended);
        }
    }

    private void copy(List<Copy> copies, Copier by, BiConsumer<Copy, CopyResult> ended) {
        if (stop.isGiven()) {
            return; // The reports count it as unfinished; the next run copies it.
        }
        CopyTask task = copies.getFirst().task();
        ImageSource from = source.apply(task.from());
        try {
            content.signatures().check(task.from().toString(), from, task.digest());
        } catch (CopyException e) {
            copies.forEach(copy -> ended.accept(copy, new CopyResult.Failed(e)));
            return;
        }
        List<CopyResult> results = by.copy(
                from,
                task.digest().value(),
                copies.stream().map(copy -> copy.part().target(copy.task())).toList(),
                content.tags(task.from()));
        for (int i = 0; i < copies.size(); i++) {
            ended.accept(copies.get(i), results.get(i));
        }
    }

    private static boolean isGone(CopyResult result) {
        return result instanceof CopyResult.Failed(CopyException e)
                && e.side() == Side.SOURCE
                && e.reason() instanceof ContentException.NotFound;
    }

    private boolean mustRetry(Copy copy, CopyResult result, long window) {
        return switch (result) {
            case CopyResult.Stored stored -> {
                copy.part().copied(copy.task(), stored);
                yield false;
            }
            case CopyResult.Behind _ -> {
                lanes.add(copy);
                yield false;
            }
            case CopyResult.Failed(CopyException e) -> mustRetry(copy, e, window);
        };
    }

    private boolean mustRetry(Copy copy, CopyException e, long window) {
        if (stop.isAbandoned()) {
            return false; // We aborted it, so it counts as unfinished.
        }
        if (e.side() == Side.SOURCE
                && e.reason() instanceof ContentException.RateLimited
                && settings.quota().refused(window)) {
            return true;
        }
        Optional<String> why = copy.part().failed(copy.task(), e);
        if (why.isPresent() && e.side() == Side.SOURCE) {
            parts.forEach(part -> part.abandon(why));
        }
        return false;
    }
}
