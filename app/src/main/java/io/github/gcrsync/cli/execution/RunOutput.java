package io.github.gcrsync.cli.execution;

import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.console.ExitCode;
import io.github.gcrsync.cli.flags.OutputFlags;
import io.github.gcrsync.cli.summary.Summary;
import io.github.gcrsync.cli.wiring.Folders;
import io.github.gcrsync.cli.wiring.Wiring;
import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.metrics.MetricsFile;
import io.github.gcrsync.output.Advice;
import io.github.gcrsync.output.BatchRecord;
import io.github.gcrsync.output.JsonEvents;
import io.github.gcrsync.output.LineWriter;
import io.github.gcrsync.output.Reports;
import io.github.gcrsync.output.RunRecord;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.run.MirrorRun;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** The output of a sync: that of each mirror, then the total and the reports. */
public final class RunOutput implements AutoCloseable {
    private final OutputFlags flags;
    private final Optional<OutputFile> metrics;
    private final Console console;
    private final Instant started;
    private final long startedNanos = System.nanoTime();
    private final StopSignal stop;
    private final Optional<Consumer<BatchRecord>> host;
    private final List<BatchRecord.Result> results = new ArrayList<>();
    private int beforeStop;
    private final Map<String, Long> pulled = new HashMap<>();
    private Function<Map<String, Long>, BatchRecord.Traffic> traffic =
            all -> new BatchRecord.Traffic(all, Map.of(), Map.of());
    /** Read by other threads. */
    private volatile MirrorOutput current;

    /**
     * @param host receives the result of a sync that is only a part of the process, and owns its log
     * @throws NotStartedException if the folder of a report is missing
     */
    public RunOutput(OutputFlags flags, Console console, StopSignal stop, Optional<Consumer<BatchRecord>> host) {
        this.flags = flags;
        this.console = console;
        this.stop = stop;
        this.host = host;
        this.started = console.clock().instant();
        flags.reports.forEach(file -> OutputFile.report(file).requireFolder());
        this.metrics = OutputFile.metrics(flags);
        this.current = new MirrorOutput(flags, console, Optional.empty(), Map.of(), Advice::on);
    }

    /** Returns a writer that prints each line as an event named {@code error}. */
    public static PrintWriter errorEvents(Console console) {
        JsonEvents events = new JsonEvents(console.err(), console.clock());
        return new PrintWriter(new LineWriter(line -> events.event("error", Map.of("message", line))), true);
    }

    public void configureLogs(boolean debug) {
        if (host.isEmpty()) {
            current.configureLogs(debug);
        }
    }

    /** Takes the traffic of the connections. */
    public void uses(Wiring wiring) {
        traffic = wiring::traffic;
    }

    /** Begins the output of a mirror. */
    public MirrorOutput begin(MirrorRule rule, Wiring wiring, boolean debug) {
        current = new MirrorOutput(flags, console, rule.name(), wiring.requests(), Advice::on);
        configureLogs(debug);
        return current;
    }

    /** For messages that are neither progress nor result. */
    public PrintWriter messages() {
        return current.messages();
    }

    /** For messages that {@code --quiet} suppresses. */
    public PrintWriter remarks() {
        return current.remarks();
    }

    /** Prints the summary of a mirror at each destination and returns their exit codes. */
    public List<Integer> finished(MirrorRun.Result result, List<MirrorOutput.Destination> destinations, Wiring wiring) {
        List<RunRecord> runs = current.finished(result, destinations, wiring);
        Optional<String> registry =
                destinations.getFirst().mirror().rule().source().registry();
        pulled.merge(registry.orElse(BatchRecord.FOLDER), result.pulled(), Long::sum);
        add(runs);
        return runs.stream().map(RunRecord::exitCode).toList();
    }

    private void add(List<? extends BatchRecord.Result> ended) {
        results.addAll(ended);
        if (!stop.isGiven()) {
            beforeStop = results.size();
        }
    }

    /** Reports a mirror that could not start. */
    public void notStarted(MirrorRule rule, String reason) {
        current.close();
        add(List.of(notStartedResult(rule, reason)));
        EachMirror.failures(console, flags.isJson()).accept(rule, reason);
    }

    private BatchRecord.NotStarted notStartedResult(MirrorRule rule, String reason) {
        return new BatchRecord.NotStarted(
                rule.name(),
                rule.shownDestination(),
                rule.source().toString(),
                rule.destination().toString(),
                Folders.waiting(rule, console.environment()).oldest(),
                reason);
    }

    /** Counts mirrors without a result in the metrics, if the sync as a whole could not start. There are no reports. */
    public void notStarted(List<MirrorRule> rules, RuntimeException e) {
        add(rules.stream()
                .filter(rule -> results.stream()
                        .noneMatch(result -> result.mirror().equals(rule.name())
                                && result.destinationName().equals(rule.shownDestination())))
                .map(rule -> notStartedResult(rule, StartFailure.words(e)))
                .toList());
        int _ = writeMetrics(batch("", ExitCode.NOT_STARTED), ExitCode.NOT_STARTED);
    }

    private BatchRecord batch(String metadata, int exitCode) {
        return new BatchRecord(
                metadata,
                started,
                Duration.ofNanos(System.nanoTime() - startedNanos),
                traffic.apply(pulled),
                results,
                beforeStop,
                exitCode);
    }

    /** Prints the total of several mirrors and writes the reports. The exit code changes if a report was not written. */
    public int ended(int exitCode, Wiring wiring) {
        BatchRecord batch = batch(wiring.metadata().shown(), exitCode);
        host.ifPresent(to -> to.accept(batch));
        if (!batch.isSingle() && !flags.quiet) {
            new Summary(console.out()).print(batch);
        }
        int code = exitCode;
        for (Path file : flags.reports) {
            code = OutputFile.report(file).written(code, to -> Reports.write(batch, to), messages());
        }
        String page = console.environment().getOrDefault("GITHUB_STEP_SUMMARY", "");
        if (!page.isEmpty()) {
            // No file that the user asked for.
            int _ = OutputFile.report(Path.of(page)).written(code, to -> Reports.append(batch, to), messages());
        }
        return writeMetrics(batch, code);
    }

    private int writeMetrics(BatchRecord batch, int exitCode) {
        return metrics.map(file -> file.written(
                        exitCode,
                        to -> MetricsFile.write(batch, to, console.clock().instant()),
                        messages()))
                .orElse(exitCode);
    }

    @Override
    public void close() {
        current.close();
    }
}
