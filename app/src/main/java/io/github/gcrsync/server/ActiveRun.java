package io.github.gcrsync.server;

import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.output.BatchRecord;
import io.github.gcrsync.output.Reports;
import io.github.gcrsync.output.RunRecord;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** A run that is queued or running. */
final class ActiveRun {
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final String id;
    private final String mirror;
    private final Run.Trigger trigger;
    private final StopSignal stop = new StopSignal();
    private final Progress progress = new Progress();
    private volatile Instant started;
    private volatile boolean running;

    ActiveRun(String mirror, Run.Trigger trigger, Instant now) {
        this.id = SECONDS.format(now)
                + "-%03x%05x"
                        .formatted(
                                now.get(ChronoField.MILLI_OF_SECOND),
                                ThreadLocalRandom.current().nextInt(1 << 20));
        this.mirror = mirror;
        this.trigger = trigger;
        this.started = now;
    }

    String id() {
        return id;
    }

    String mirror() {
        return mirror;
    }

    StopSignal stop() {
        return stop;
    }

    Progress progress() {
        return progress;
    }

    void start(Instant now) {
        started = now;
        running = true;
    }

    /** Returns the state so far. */
    Run run() {
        Run.State state = stop.isGiven() ? Run.State.STOPPING : running ? Run.State.RUNNING : Run.State.QUEUED;
        return run(state, Optional.empty(), progress.images(), progress.bytes(), Optional.empty(), progress.error());
    }

    /** @param outcome empty: the run did not begin */
    Run ended(Optional<Mirrors.Outcome> outcome, Instant now) {
        Optional<BatchRecord> batch = outcome.flatMap(Mirrors.Outcome::batch);
        BatchRecord.Outcome result = batch.stream()
                .flatMap(all -> all.mirrors().stream())
                .map(BatchRecord.OfMirror::outcome)
                .findFirst()
                .orElseGet(() -> BatchRecord.Outcome.of(List.of(), stop.isGiven()));
        Run.State state = Run.State.of(result);
        return run(
                state,
                Optional.of(now),
                batch.map(this::images).orElseGet(progress::images),
                batch.map(BatchRecord::pulled).orElse(0L),
                outcome.map(Mirrors.Outcome::exitCode),
                batch.flatMap(ActiveRun::error).or(progress::error));
    }

    private static Optional<String> error(BatchRecord batch) {
        return Stream.concat(
                        batch.notStarted().map(BatchRecord.NotStarted::reason),
                        batch.runs()
                                .map(RunRecord::report)
                                .flatMap(report -> Stream.of(report.abandoned(), report.unrecorded())
                                        .flatMap(Optional::stream)))
                .findFirst();
    }

    private Map<String, Long> images(BatchRecord batch) {
        Map<String, Long> images = new LinkedHashMap<>();
        Reports.images(batch).forEach((outcome, count) -> images.put(outcome, (long) count));
        Optional.ofNullable(progress.images().get(Progress.PRUNED))
                .ifPresent(pruned -> images.put(Progress.PRUNED, pruned));
        return images;
    }

    private Run run(
            Run.State state,
            Optional<Instant> ended,
            Map<String, Long> images,
            long bytes,
            Optional<Integer> exitCode,
            Optional<String> error) {
        return new Run(id, mirror, trigger, state, started, ended, images, bytes, exitCode, error);
    }
}
