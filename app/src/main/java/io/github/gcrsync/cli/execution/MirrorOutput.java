package io.github.gcrsync.cli.execution;

import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.console.Logs;
import io.github.gcrsync.cli.console.Terminals;
import io.github.gcrsync.cli.console.Version;
import io.github.gcrsync.cli.flags.ProgressFlags;
import io.github.gcrsync.cli.summary.Summary;
import io.github.gcrsync.cli.wiring.Folders;
import io.github.gcrsync.cli.wiring.OpenMirror;
import io.github.gcrsync.cli.wiring.Wiring;
import io.github.gcrsync.output.FailureLines;
import io.github.gcrsync.output.JsonEvents;
import io.github.gcrsync.output.LineWriter;
import io.github.gcrsync.output.ProgressBars;
import io.github.gcrsync.output.ProgressLines;
import io.github.gcrsync.output.RunRecord;
import io.github.gcrsync.output.SharedProgress;
import io.github.gcrsync.output.Timeline;
import io.github.gcrsync.plan.Failure;
import io.github.gcrsync.run.CopyReport;
import io.github.gcrsync.run.Listeners;
import io.github.gcrsync.run.MirrorRun;
import io.github.gcrsync.run.RunListener;
import io.github.gcrsync.run.RunReport;
import io.github.gcrsync.text.Printable;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;

/** The output of one mirror's run, or of a copy: progress and messages while it runs, then the results. */
public final class MirrorOutput implements AutoCloseable {
    private final ProgressFlags flags;
    private final Console console;
    private final Instant started;
    private final long startedNanos = System.nanoTime();
    private final Map<String, Long> requestsBefore;
    private final Optional<ProgressBars> bars;
    private final Optional<JsonEvents> events;
    private final PrintWriter messages;

    /**
     * @param mirror its name in a file
     * @param requestsBefore sent by earlier mirrors, by host
     * @param advice what to do about a failure
     */
    public MirrorOutput(
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
        this.events = json
                ? Optional.of(new JsonEvents(console.err(), console.clock(), mirror).advising(advice))
                : Optional.empty();
        this.bars = !json && !flags.quiet && !flags.noProgress && Terminals.canShowBars(console)
                ? Optional.of(new ProgressBars(console.err(), Terminals.isUnicode(console.environment())))
                : Optional.empty();
        this.messages = events.map(MirrorOutput::asEvents)
                .or(() -> bars.map(ProgressBars::above))
                .orElse(console.err());
    }

    /** Returns the listener of a copy, or of a mirror with one destination. */
    public RunListener progress() {
        return progress(events);
    }

    private RunListener progress(Optional<JsonEvents> events) {
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

    /** Returns a writer for messages that are neither progress nor result: lines, or events named {@code message}. */
    public static PrintWriter messages(ProgressFlags flags, Console console) {
        return flags.isJson() ? asEvents(new JsonEvents(console.err(), console.clock())) : console.err();
    }

    public void configureLogs(boolean debug) {
        if (events.isPresent()) {
            Logs.configure(debug, events.get());
        } else {
            Logs.configure(debug, messages);
        }
    }

    /** For messages that are neither progress nor result. */
    public PrintWriter messages() {
        return messages;
    }

    /** For messages that {@code --quiet} suppresses. */
    public PrintWriter remarks() {
        return flags.quiet ? new PrintWriter(PrintWriter.nullWriter()) : messages;
    }

    /** The run at one destination, with its listener. */
    public record Destination(OpenMirror mirror, Timeline timeline, RunListener listener) {}

    /** Returns the destinations with listeners for their runs, which will start together. */
    public List<Destination> destinations(List<OpenMirror> mirrors) {
        SharedProgress shared = new SharedProgress(progress(), mirrors.size());
        return mirrors.stream()
                .map(mirror -> {
                    Timeline timeline = new Timeline();
                    RunListener progress = mirror.rule()
                            .shownDestination()
                            .map(name -> events.isPresent() ? progress(events.map(to -> to.at(name))) : shared.of(name))
                            .orElseGet(this::progress);
                    return new Destination(mirror, timeline, new Listeners(timeline, progress));
                })
                .toList();
    }

    /** Prints the summaries. */
    public List<RunRecord> finished(MirrorRun.Result result, List<Destination> destinations, Wiring wiring) {
        close();
        List<OpenMirror> mirrors =
                destinations.stream().map(Destination::mirror).toList();
        Map<String, Long> requests = requests(wiring);
        List<RunRecord> runs = new ArrayList<>();
        for (int i = 0; i < destinations.size(); i++) {
            OpenMirror mirror = mirrors.get(i);
            RunReport report = result.reports().get(i);
            RunRecord run = new RunRecord(
                    Version.line(),
                    mirror.rule().name(),
                    mirror.rule().shownDestination(),
                    mirror.rule().source().toString(),
                    mirror.rule().destination().toString(),
                    mirror.mirror().share(),
                    wiring.metadata().shown(),
                    started,
                    Duration.ofNanos(System.nanoTime() - startedNanos),
                    report,
                    Folders.waiting(mirror.rule(), console.environment()).update(report.left(), started),
                    new RunRecord.Requests(
                            share(requests, i, mirrors),
                            mirror.source().authority().map(Set::of).orElse(Set.of()),
                            mirror.destination().authority().map(Set::of).orElse(Set.of())),
                    destinations.get(i).timeline().spans(),
                    report.outcome().exitCode());
            print(run, mirror);
            runs.add(run);
        }
        return runs;
    }

    private void print(RunRecord run, OpenMirror mirror) {
        RunReport report = run.report();
        if (flags.quiet) {
            String prefix = mirror.rule().prefix();
            report.abandoned().ifPresent(reason -> messages.println(prefix + "gave up: " + Printable.of(reason)));
            report.unrecorded().ifPresent(reason -> messages.println(prefix + "NOT RECORDED: " + Printable.of(reason)));
        } else {
            events.map(to -> run.destinationName().map(to::at).orElse(to)).ifPresent(to -> to.runFinished(run));
            new Summary(console.out()).print(run);
        }
    }

    /** Returns the requests to a destination; those to hosts that are no destination count for the first one. */
    private static Map<String, Long> share(Map<String, Long> requests, int destination, List<OpenMirror> mirrors) {
        Map<String, Long> share = new TreeMap<>();
        requests.forEach((host, count) -> {
            int owner = IntStream.range(0, mirrors.size())
                    .filter(i -> mirrors.get(i)
                            .destination()
                            .authority()
                            .filter(host::equals)
                            .isPresent())
                    .findFirst()
                    .orElse(0);
            if (owner == destination) {
                share.put(host, count);
            }
        });
        return share;
    }

    /** Ends a copy. */
    public void finished(CopyReport report, RunRecord.Requests requests) {
        close();
        if (!flags.quiet) {
            events.ifPresent(to -> to.copyFinished(report, requests));
        }
    }

    private Map<String, Long> requests(Wiring wiring) {
        Map<String, Long> requests = new HashMap<>(wiring.requests());
        requestsBefore.forEach((host, before) -> requests.merge(host, before, (all, earlier) -> all - earlier));
        requests.values().removeIf(count -> count == 0);
        return requests;
    }

    @Override
    public void close() {
        bars.ifPresent(ProgressBars::close);
    }
}
