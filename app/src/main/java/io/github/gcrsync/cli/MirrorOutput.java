package io.github.gcrsync.cli;

import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.console.Logs;
import io.github.gcrsync.cli.console.Terminals;
import io.github.gcrsync.cli.console.Version;
import io.github.gcrsync.cli.flags.ProgressFlags;
import io.github.gcrsync.cli.wiring.OpenMirror;
import io.github.gcrsync.cli.wiring.Wiring;
import io.github.gcrsync.output.FailureLines;
import io.github.gcrsync.output.JsonEvents;
import io.github.gcrsync.output.LineWriter;
import io.github.gcrsync.output.ProgressBars;
import io.github.gcrsync.output.ProgressLines;
import io.github.gcrsync.output.RunRecord;
import io.github.gcrsync.output.Timeline;
import io.github.gcrsync.plan.Failure;
import io.github.gcrsync.run.CopyReport;
import io.github.gcrsync.run.Listeners;
import io.github.gcrsync.run.RunListener;
import io.github.gcrsync.run.RunReport;
import io.github.gcrsync.text.Printable;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The output of one mirror's run, or of a copy: progress and messages while it runs, then the result. */
final class MirrorOutput implements AutoCloseable {
    private final ProgressFlags flags;
    private final Console console;
    private final Instant started;
    private final long startedNanos = System.nanoTime();
    private final Map<String, Long> requestsBefore;
    private final Timeline timeline = new Timeline();
    private final Optional<ProgressBars> bars;
    private final Optional<JsonEvents> events;
    private final PrintWriter messages;
    private final RunListener listener;

    /**
     * @param mirror its name in a file
     * @param requestsBefore sent by earlier mirrors, by host
     * @param advice what to do about a failure
     */
    MirrorOutput(
            ProgressFlags flags,
            Console console,
            Optional<String> mirror,
            Map<String, Long> requestsBefore,
            Function<Failure, String> advice) {
        this.flags = flags;
        this.console = console;
        this.started = console.clock().instant();
        this.requestsBefore = Map.copyOf(requestsBefore);
        boolean json = flags.isJson();
        this.events =
                json ? Optional.of(new JsonEvents(console.err(), console.clock(), mirror, advice)) : Optional.empty();
        this.bars = !json && !flags.quiet && !flags.noProgress && Terminals.canShowBars(console)
                ? Optional.of(new ProgressBars(console.err(), Terminals.isUnicode(console.environment())))
                : Optional.empty();
        this.messages = events.map(MirrorOutput::asEvents)
                .or(() -> bars.map(ProgressBars::above))
                .orElse(console.err());
        this.listener = new Listeners(timeline, progress());
    }

    private RunListener progress() {
        if (flags.quiet) {
            return events.<RunListener>map(OnlyFailures::new).orElseGet(() -> new FailureLines(console.err()));
        }
        return events.<RunListener>map(to -> to).or(() -> bars).orElseGet(() -> new ProgressLines(console.err()));
    }

    private record OnlyFailures(RunListener next) implements RunListener {
        @Override
        public void imageFailed(Failure failure) {
            next.imageFailed(failure);
        }
    }

    private static PrintWriter asEvents(JsonEvents events) {
        return new PrintWriter(
                new LineWriter(line -> events.event("message", Map.of("message", Printable.of(line)))), true);
    }

    void configureLogs(boolean debug) {
        if (events.isPresent()) {
            Logs.configure(debug, events.get());
        } else {
            Logs.configure(debug, messages);
        }
    }

    /** For messages that are neither progress nor result. */
    PrintWriter messages() {
        return messages;
    }

    /** For messages that {@code --quiet} suppresses. */
    PrintWriter remarks() {
        return flags.quiet ? new PrintWriter(PrintWriter.nullWriter()) : messages;
    }

    RunListener listener() {
        return listener;
    }

    /** Prints the summary. */
    RunRecord finished(RunReport report, OpenMirror mirror, Wiring wiring) {
        close();
        RunRecord run = new RunRecord(
                Version.line(),
                mirror.rule().name(),
                mirror.rule().source().toString(),
                mirror.rule().destination().toString(),
                wiring.metadata().shown(),
                started,
                Duration.ofNanos(System.nanoTime() - startedNanos),
                report,
                new RunRecord.Requests(
                        requests(wiring),
                        mirror.source().authority().orElseThrow(),
                        mirror.destination().authority()),
                timeline.spans(),
                report.outcome().exitCode());
        if (flags.quiet) {
            report.abandoned().ifPresent(reason -> messages.println("gave up: " + Printable.of(reason)));
            report.unrecorded().ifPresent(reason -> messages.println("NOT RECORDED: " + Printable.of(reason)));
        } else {
            events.ifPresent(to -> to.runFinished(run));
            new Summary(console.out()).print(run);
        }
        return run;
    }

    /** Ends a copy. */
    void finished(CopyReport report, RunRecord.Requests requests) {
        close();
        if (!flags.quiet) {
            events.ifPresent(to -> to.copyFinished(report, requests));
        }
    }

    private Map<String, Long> requests(Wiring wiring) {
        Map<String, Long> requests = new HashMap<>(wiring.requests());
        requestsBefore.forEach((host, before) -> requests.merge(host, before, (all, earlier) -> all - earlier));
        requests.values().removeIf(count -> count == 0);
        return new java.util.TreeMap<>(requests);
    }

    @Override
    public void close() {
        bars.ifPresent(ProgressBars::close);
    }
}
