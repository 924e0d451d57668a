package io.github.gcrsync.server;

import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.output.BatchRecord;
import io.github.gcrsync.output.Reports;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

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
        return run(state, Optional.empty(), progress.images(), progress.bytes(), progress.error());
    }

    Run ended(Mirrors.Outcome outcome, Instant now) {
        Run.State state = stop.isGiven() ? Run.State.STOPPED : Run.State.of(outcome.exitCode());
        Optional<BatchRecord> batch = outcome.batch();
        Map<String, Long> images = batch.map(ActiveRun::images).orElseGet(progress::images);
        Optional<String> error = batch.flatMap(all ->
                        all.notStarted().map(BatchRecord.NotStarted::reason).findFirst())
                .or(progress::error);
        return run(
                state, Optional.of(now), images, batch.map(BatchRecord::pulled).orElse(0L), error);
    }

    private static Map<String, Long> images(BatchRecord batch) {
        Map<String, Long> images = new LinkedHashMap<>();
        Reports.images(batch).forEach((outcome, count) -> images.put(outcome, (long) count));
        return images;
    }

    private Run run(
            Run.State state, Optional<Instant> ended, Map<String, Long> images, long bytes, Optional<String> error) {
        return new Run(id, mirror, trigger, state, started, ended, images, bytes, error);
    }
}
