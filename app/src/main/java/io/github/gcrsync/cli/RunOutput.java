package io.github.gcrsync.cli;

import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.console.ExitCode;
import io.github.gcrsync.cli.console.Logs;
import io.github.gcrsync.cli.console.Terminals;
import io.github.gcrsync.cli.flags.NotStartedException;
import io.github.gcrsync.cli.flags.OutputFlags;
import io.github.gcrsync.files.DiskErrors;
import io.github.gcrsync.output.FailureLines;
import io.github.gcrsync.output.JsonEvents;
import io.github.gcrsync.output.LineWriter;
import io.github.gcrsync.output.ProgressBars;
import io.github.gcrsync.output.ProgressLines;
import io.github.gcrsync.output.Reports;
import io.github.gcrsync.output.RunRecord;
import io.github.gcrsync.output.Timeline;
import io.github.gcrsync.run.Listeners;
import io.github.gcrsync.run.RunListener;
import io.github.gcrsync.run.RunReport;
import io.github.gcrsync.text.Printable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** The output of a run: progress and messages while it runs, then the summary and the reports. */
final class RunOutput implements AutoCloseable {
    private final OutputFlags flags;
    private final Console console;
    private final Instant started;
    private final long startedNanos = System.nanoTime();
    private final Timeline timeline = new Timeline();
    private final Optional<ProgressBars> bars;
    private final Optional<JsonEvents> events;
    private final PrintWriter messages;
    private final RunListener listener;

    /** @throws NotStartedException if the folder of a report is missing */
    RunOutput(OutputFlags flags, Console console) {
        this.flags = flags;
        this.console = console;
        this.started = console.clock().instant();
        flags.reports.forEach(RunOutput::requireFolder);
        boolean json = flags.isJson();
        this.events = json ? Optional.of(new JsonEvents(console.err(), console.clock())) : Optional.empty();
        this.bars = !json && !flags.quiet && !flags.noProgress && Terminals.canShowBars(console)
                ? Optional.of(new ProgressBars(console.err(), Terminals.isUnicode(console.environment())))
                : Optional.empty();
        this.messages = events.map(RunOutput::asEvents)
                .or(() -> bars.map(ProgressBars::above))
                .orElse(console.err());
        this.listener = new Listeners(timeline, progress());
    }

    private RunListener progress() {
        if (flags.quiet) {
            return events.<RunListener>map(to -> new OnlyFailures(to)).orElseGet(() -> new FailureLines(console.err()));
        }
        return events.<RunListener>map(to -> to).or(() -> bars).orElseGet(() -> new ProgressLines(console.err()));
    }

    private record OnlyFailures(RunListener next) implements RunListener {
        @Override
        public void imageFailed(io.github.gcrsync.plan.Failure failure) {
            next.imageFailed(failure);
        }
    }

    private static void requireFolder(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(file)) {
            throw new NotStartedException("cannot write the report " + file + ": "
                    + (Files.isDirectory(file)
                            ? "it is a folder; use a file in it"
                            : "its folder does not exist; create it or use another file"));
        }
    }

    /** Returns a writer that prints each line as an event named {@code error}. */
    static PrintWriter errorEvents(Console console) {
        JsonEvents events = new JsonEvents(console.err(), console.clock());
        return new PrintWriter(new LineWriter(line -> events.event("error", Map.of("message", line))), true);
    }

    private static PrintWriter asEvents(JsonEvents events) {
        return new PrintWriter(
                new LineWriter(line -> events.event("message", Map.of("message", Printable.of(line)))), true);
    }

    void configureLogs(boolean debug) {
        if (events.isPresent()) {
            Logs.configure(debug, events.get());
        } else if (bars.isPresent()) {
            Logs.configure(debug, messages);
        } else {
            Logs.configure(debug);
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

    /**
     * Prints the summary and writes the reports. Returns the exit code, which changes if a report could not be written.
     */
    int finished(RunReport report, Wiring wiring) {
        close();
        int exitCode = report.outcome().exitCode();
        RunRecord run = new RunRecord(
                Version.line(),
                wiring.rule().source().toString(),
                wiring.rule().destination().toString(),
                wiring.metadata().shown(),
                started,
                Duration.ofNanos(System.nanoTime() - startedNanos),
                report,
                wiring.requests(),
                timeline.spans(),
                exitCode);
        if (flags.quiet) {
            report.abandoned().ifPresent(reason -> messages.println("gave up: " + Printable.of(reason)));
            report.unrecorded().ifPresent(reason -> messages.println("NOT RECORDED: " + Printable.of(reason)));
        } else {
            events.ifPresent(to -> to.runFinished(run));
            new Summary(console.out()).print(run);
        }
        boolean written = true;
        for (Path file : flags.reports) {
            written &= isDone(file, () -> Reports.write(run, file));
        }
        String page = console.environment().getOrDefault("GITHUB_STEP_SUMMARY", "");
        if (!page.isEmpty()) {
            boolean _ = isDone(Path.of(page), () -> Reports.append(run, Path.of(page)));
        }
        return exitCode == ExitCode.DONE && !written ? ExitCode.SOME_FAILED : exitCode;
    }

    @FunctionalInterface
    private interface Writing {
        void run() throws IOException;
    }

    private boolean isDone(Path file, Writing writing) {
        try {
            writing.run();
            return true;
        } catch (IOException e) {
            messages.println("gcrsync: cannot write the report " + Printable.of(file.toString()) + ": "
                    + Printable.of(DiskErrors.reason(e)));
            return false;
        }
    }

    @Override
    public void close() {
        bars.ifPresent(ProgressBars::close);
    }
}
