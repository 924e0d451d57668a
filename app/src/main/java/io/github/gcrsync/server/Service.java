package io.github.gcrsync.server;

import io.github.gcrsync.output.Reports;
import io.github.gcrsync.text.Sizes;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the mirrors of a file on their schedules and on request, each of them at most once at a time. */
public final class Service {
    private static final Logger LOG = LoggerFactory.getLogger(Service.class);
    /** How often the clock and the file are looked at. */
    private static final long LOOK_MILLIS = 500;

    private final Mirrors file;
    private final History history;
    private final Clock clock;
    private final List<Observer> observers;
    private final Events events = new Events();
    private final Catalog catalog = new Catalog(this::snapshot);
    private final Map<String, Long> quotas = new ConcurrentSkipListMap<>();
    private final RunQueue runs;
    private final ScheduledExecutorService scheduler =
            Executors.newSingleThreadScheduledExecutor(work -> new Thread(work, "gcrsync-schedule"));
    private final MirrorTable table;
    private Mirrors.Snapshot snapshot;
    private Object version;
    private List<String> errors = List.of();
    private boolean toReload;
    private boolean closing;

    /** @throws InvalidFileException if the file is invalid at the start */
    public Service(Mirrors file, History history, int mirrorsAtOnce, Clock clock, List<Observer> observers)
            throws InvalidFileException {
        this.file = file;
        this.history = history;
        this.clock = clock;
        this.observers = Stream.concat(Stream.of(events), observers.stream()).toList();
        this.runs = new RunQueue(mirrorsAtOnce, this::execute);
        this.version = file.version();
        this.snapshot = file.read();
        this.table = new MirrorTable(history);
        table.take(snapshot, now());
    }

    /** Begins to run mirrors. */
    public void start() {
        catalog.read();
        var _ = scheduler.scheduleWithFixedDelay(this::look, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private synchronized Mirrors.Snapshot snapshot() {
        return snapshot;
    }

    public Events events() {
        return events;
    }

    public History history() {
        return history;
    }

    /** Returns everything that the mirrors hold. */
    public Catalog catalog() {
        return catalog;
    }

    /** Returns the pulls that sources allow, as they reported last, by host. */
    public Map<String, Long> quotas() {
        return quotas;
    }

    public Instant now() {
        return clock.instant();
    }

    /** Returns the mirrors in the order of the file. */
    public List<MirrorStatus> mirrors() {
        Mirrors.Snapshot current = snapshot();
        return table.mirrors().stream()
                .map(mirror -> mirror.withVerified(current.verified(mirror.name())))
                .toList();
    }

    /** Returns a run that is queued, running or finished. */
    public Optional<Run> run(String id) {
        return active(id).map(ActiveRun::run).or(() -> history.run(id));
    }

    /** Returns the runs that have not ended. */
    public List<Run> active() {
        return table.active().stream().map(ActiveRun::run).toList();
    }

    /** Returns the progress of a run that has not ended. */
    public Optional<Progress> progress(String id) {
        return active(id).map(ActiveRun::progress);
    }

    private Optional<ActiveRun> active(String id) {
        return table.active().stream().filter(run -> run.id().equals(id)).findFirst();
    }

    /** Returns the errors of the file, of which an earlier version is in use; empty if it is valid. */
    public synchronized List<String> errors() {
        return errors;
    }

    /** Whether the file is valid and each mirror could start when it last ran. */
    public synchronized boolean isReady() {
        return errors.isEmpty() && !closing && table.mirrors().stream().allMatch(MirrorStatus::couldStart);
    }

    /** What came of a request for a run. */
    public sealed interface Answer {
        record Queued(String id) implements Answer {}

        /** @param id of the run that has not ended */
        record Busy(String id) implements Answer {}

        record Unknown() implements Answer {}

        record Closing() implements Answer {}
    }

    /** Runs a mirror as soon as a thread is free. */
    public synchronized Answer run(String mirror, Run.Trigger trigger) {
        if (!table.contains(mirror)) {
            return new Answer.Unknown();
        }
        if (closing) {
            return new Answer.Closing();
        }
        ActiveRun run = new ActiveRun(mirror, trigger, now());
        if (!table.begin(run)) {
            return new Answer.Busy(table.active(mirror).map(ActiveRun::id).orElse(""));
        }
        events.publish(run.run());
        runs.add(run);
        return new Answer.Queued(run.id());
    }

    /** Stops the run of a mirror after the blobs in flight; returns its ID, empty if it does not run. */
    public Optional<String> stop(String mirror) {
        Optional<ActiveRun> run = table.active(mirror);
        run.ifPresent(this::stop);
        return run.map(ActiveRun::id);
    }

    private void stop(ActiveRun run) {
        run.stop().give();
        if (runs.remove(run)) {
            end(run, Optional.empty());
        } else {
            events.publish(run.run());
        }
    }

    private void execute(ActiveRun active) {
        Optional<Mirrors.Outcome> outcome = Optional.empty();
        Mirrors.Snapshot of = snapshot();
        try {
            // A mirror that the file no longer has does not begin.
            if (!of.contains(active.mirror())) {
                active.stop().give();
            }
            if (!active.stop().isGiven()) {
                active.start(now());
                Run begun = active.run();
                inform(observer -> observer.started(begun));
                outcome = Optional.of(of.run(active.mirror(), active.stop(), event -> passOn(event, active)));
            }
        } catch (RuntimeException | Error e) {
            outcome = Optional.of(new Mirrors.Outcome(Run.CANNOT_START, Optional.empty()));
            LOG.warn("{}: internal error; report the output of --debug", active.mirror(), e);
        } finally {
            end(active, outcome);
        }
    }

    private void end(ActiveRun active, Optional<Mirrors.Outcome> outcome) {
        Run ended = active.ended(outcome, now());
        try {
            history.add(ended, outcome.flatMap(Mirrors.Outcome::batch).map(Reports::json));
        } catch (RuntimeException | Error e) {
            LOG.warn("{}: internal error; the run is not in the history", active.mirror(), e);
        } finally {
            // Whatever happened: the mirror must be able to run again.
            table.ended(ended, outcome.flatMap(Mirrors.Outcome::batch));
        }
        outcome.flatMap(Mirrors.Outcome::batch)
                .ifPresent(batch -> quotas.putAll(batch.traffic().quota()));
        if (outcome.isPresent()) {
            catalog.read(active.mirror());
        }
        inform(observer -> observer.ended(ended, outcome, snapshot().mirror(active.mirror())));
    }

    private void passOn(String event, ActiveRun active) {
        active.progress().add(event);
        inform(observer -> observer.event(event));
    }

    private void inform(Consumer<Observer> news) {
        for (Observer observer : observers) {
            try {
                news.accept(observer);
            } catch (RuntimeException e) {
                LOG.warn("internal error; report the output of --debug", e);
            }
        }
    }

    /** Reads the file again soon, even if it has not changed. */
    public synchronized void reload() {
        toReload = true;
    }

    private void look() {
        try {
            if (hasChanged()) {
                takeOver();
            }
            runDue();
        } catch (RuntimeException | Error e) {
            LOG.warn("internal error; report the output of --debug", e);
        }
    }

    private synchronized boolean hasChanged() {
        Object now = file.version();
        boolean changed = toReload || !now.equals(version);
        version = now;
        toReload = false;
        return changed;
    }

    private void takeOver() {
        try {
            Mirrors.Snapshot read = file.read();
            synchronized (this) {
                errors = List.of();
                snapshot = read;
                table.take(read, now());
            }
            catalog.read();
            inform(observer -> observer.message(
                    "took over the configuration: " + Sizes.count(read.mirrors().size(), "mirror")));
        } catch (InvalidFileException e) {
            synchronized (this) {
                errors = e.errors();
            }
            e.errors().forEach(line -> inform(observer -> observer.message(line)));
            inform(observer -> observer.message("the changed configuration is invalid; the earlier one stays in use"));
        }
        events.publish(errors());
    }

    private void runDue() {
        for (String mirror : table.due(now())) {
            if (run(mirror, Run.Trigger.SCHEDULE) instanceof Answer.Busy) {
                table.skip(mirror);
                inform(observer -> observer.skipped(mirror));
            }
        }
    }

    /** Starts no more runs, and stops those that run after the blobs in flight. */
    public synchronized void stop() {
        closing = true;
        catalog.stop();
        table.active().forEach(this::stop);
        scheduler.shutdown();
        runs.close();
    }

    /** Gives up the blobs in flight. */
    public void abandon() {
        table.active().forEach(run -> run.stop().abandon());
    }

    /** Waits until the service is stopped and all runs have ended. */
    public void awaitEnd() throws InterruptedException {
        runs.awaitEnd();
        events.close();
        catalog.close();
    }
}
