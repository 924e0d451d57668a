package io.github.gcrsync.output;

import io.github.gcrsync.content.BlobArrival;
import io.github.gcrsync.copy.CopiedReferrers;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.plan.Failure;
import io.github.gcrsync.plan.ImageTask;
import io.github.gcrsync.run.CopyReport;
import io.github.gcrsync.run.RunListener;
import io.github.gcrsync.run.Workload;
import io.github.gcrsync.text.Json;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Writes events as JSON, one object per line; docs/guide.md lists the events and their fields. */
public final class JsonEvents implements RunListener {
    private final PrintWriter to;
    private final InstantSource clock;
    private final Optional<String> mirror;
    private final Optional<String> destination;
    private final Function<Failure, String> advice;

    public JsonEvents(PrintWriter to, InstantSource clock) {
        this(to, clock, Optional.empty());
    }

    /**
     * Advises on failures as a mirror run does.
     *
     * @param mirror the name of the mirror that all events are about, for a mirror of a file
     */
    public JsonEvents(PrintWriter to, InstantSource clock, Optional<String> mirror) {
        this(to, clock, mirror, Optional.empty(), Advice::on);
    }

    private JsonEvents(
            PrintWriter to,
            InstantSource clock,
            Optional<String> mirror,
            Optional<String> destination,
            Function<Failure, String> advice) {
        this.to = to;
        this.clock = clock;
        this.mirror = mirror;
        this.destination = destination;
        this.advice = advice;
    }

    /** @param advice what to do about a failure */
    public JsonEvents advising(Function<Failure, String> advice) {
        return new JsonEvents(to, clock, mirror, destination, advice);
    }

    /** Returns events about one of several destinations. */
    public JsonEvents at(String name) {
        return new JsonEvents(to, clock, mirror, Optional.of(name), advice);
    }

    @Override
    public void runStarted(Workload work) {
        event("run-started", Map.of("images", work.images(), "toCopy", work.toCopy(), "upToDate", work.upToDate()));
    }

    @Override
    public void imageStarted(ImageTask task) {
        event(
                "image-started",
                Map.of(
                        "image",
                        task.image(),
                        "digest",
                        task.digest(),
                        "reason",
                        task.reason().toString()));
    }

    @Override
    public void imageCopied(ImageTask task) {
        event("image-copied", Map.of("image", task.image(), "digest", task.digest(), "to", task.target()));
    }

    @Override
    public void imageFailed(Failure failure) {
        event("image-failed", JsonReport.failure(failure, advice.apply(failure)));
    }

    @Override
    public void imageReferrers(ImageTask task, CopiedReferrers referrers) {
        if (referrers.count() > 0 || !referrers.areComplete()) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("image", task.image());
            fields.putAll(JsonReport.referrers(referrers));
            event("image-referrers", fields);
        }
    }

    @Override
    public void imageVanished(ImageTask task) {
        event("image-gone", Map.of("image", task.image()));
    }

    @Override
    public void imageSkipped(ImageTask task, String reason) {
        event("image-skipped", Map.of("image", task.image(), "message", reason));
    }

    @Override
    public void manifestAbsent(Descriptor manifest) {
        event(
                "manifest-absent",
                Map.of(
                        "digest", manifest.digest(),
                        "platform", manifest.platform().map(Object::toString).orElse("")));
    }

    @Override
    public void blobArrived(Descriptor blob, BlobArrival arrival) {
        event(
                "blob-arrived",
                Map.of(
                        "digest", blob.digest(),
                        "bytes", blob.size(),
                        "how", arrival.name().toLowerCase(Locale.ROOT).replace('_', '-')));
    }

    @Override
    public void blobFailed(Descriptor blob) {
        event("blob-failed", Map.of("digest", blob.digest()));
    }

    @Override
    public void recorded(String commit) {
        event("recorded", Map.of("commit", commit));
    }

    /** Writes the last event of a run: the report as for {@code --report}, without its lists. */
    public void runFinished(RunRecord run) {
        event("run-finished", JsonReport.totals(run));
    }

    /** Writes the last event of a copy. */
    public void copyFinished(CopyReport copy, RunRecord.Requests requests) {
        event("run-finished", JsonReport.totals(copy, requests));
    }

    /** @param fields in any order; written in order of their names */
    public void event(String name, Map<String, ?> fields) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("time", clock.instant());
        all.put("event", name);
        mirror.ifPresent(known -> all.put("mirror", known));
        destination.ifPresent(known -> all.put("destination", known));
        all.putAll(new java.util.TreeMap<>(fields));
        to.println(Json.text(all));
    }
}
