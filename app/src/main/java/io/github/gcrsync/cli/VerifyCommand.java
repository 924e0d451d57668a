package io.github.gcrsync.cli;

import io.github.gcrsync.check.drift.DriftReport;
import io.github.gcrsync.check.drift.Place;
import io.github.gcrsync.check.drift.RepairReport;
import io.github.gcrsync.check.drift.Sample;
import io.github.gcrsync.check.drift.Verifier;
import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.console.ExitCode;
import io.github.gcrsync.cli.console.Logs;
import io.github.gcrsync.cli.console.Terminals;
import io.github.gcrsync.cli.execution.EachMirror;
import io.github.gcrsync.cli.execution.Interruption;
import io.github.gcrsync.cli.execution.MirrorOutput;
import io.github.gcrsync.cli.execution.OutputFile;
import io.github.gcrsync.cli.flags.MetricsFlags;
import io.github.gcrsync.cli.flags.NotStartedException;
import io.github.gcrsync.cli.flags.Options;
import io.github.gcrsync.cli.flags.ShardFlags;
import io.github.gcrsync.cli.summary.DriftRecord;
import io.github.gcrsync.cli.summary.DriftText;
import io.github.gcrsync.cli.wiring.Folders;
import io.github.gcrsync.cli.wiring.OpenMirror;
import io.github.gcrsync.cli.wiring.Rules;
import io.github.gcrsync.cli.wiring.Wiring;
import io.github.gcrsync.copy.CopyException;
import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.copy.StoppedException;
import io.github.gcrsync.metrics.MetricsFile;
import io.github.gcrsync.output.ByteProgress;
import io.github.gcrsync.output.JsonEvents;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.state.VerifyResult;
import io.github.gcrsync.text.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks whether the destination still has what the ledger records. */
@Command(
        name = "verify",
        sortOptions = false,
        description =
                "Asks the destination whether it still has every image that the metadata repository records: its tag, its"
                        + " manifests, its layers, and its signatures.",
        optionListHeading = "%nVerify flags:%n",
        parameterListHeading = "%nArguments:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all checked images are complete; with --repair, all drift is repaired",
            "1:all checked images are complete or repaired, but the metrics could not be written",
            "2:wrong flags",
            "3:could not check all images, and found no drift that remains",
            "4:drift: the destination lacks something, or it is damaged"
        })
final class VerifyCommand implements Callable<Integer> {
    /** Images copied at a time; drift is rare. */
    private static final int COPIES = 8;

    private final Console console;

    enum Format {
        table,
        json
    }

    @Parameters(
            arity = "0..*",
            paramLabel = "MIRROR",
            description = "Names of mirrors in gcrsync.yaml (default: all of them).")
    private List<String> mirrors = new ArrayList<>();

    @Option(
            names = "--deep",
            description =
                    "Read every layer and verify its digest; without it, layers are only looked up. Downloads all layers from a registry, each once.")
    private boolean deep;

    @Option(
            names = "--sample",
            paramLabel = "N%",
            description =
                    "Check only this part of the images, such as 5%% or 0.5%%, another one every day: with 5%%, all of them within 20 days.")
    private @Nullable Sample sample;

    @Option(
            names = "--repair",
            description =
                    "Copy again what is missing or damaged, from the source or else from another destination of the mirror. The metadata repository forgets what cannot be repaired.")
    private boolean repair;

    @Option(
            names = "--format",
            paramLabel = "table|json",
            defaultValue = "table",
            description = "Output format (default: ${DEFAULT-VALUE}).")
    private Format format = Format.table;

    @Mixin
    private ShardFlags part = new ShardFlags();

    @Mixin(name = "Output:")
    private MetricsFlags output = new MetricsFlags();

    @Mixin
    private Options options = new Options();

    VerifyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Logs.configure(options.general.debug, output.isJson(), console.err(), console.clock());
        List<MirrorRule> rules = Rules.of(options, mirrors, part.shard);
        PrintWriter messages = MirrorOutput.messages(output, console);
        Optional<OutputFile> metrics = OutputFile.metrics(output);
        StopSignal stop = new StopSignal();
        try (Wiring wiring = new Wiring(options, rules, console, repair ? COPIES : 0, false);
                var _ = repair
                        ? Interruption.install(stop::give, wiring::disconnect, messages)
                        : Interruption.installForReading(stop, wiring::disconnect, messages)) {
            return EachMirror.run(
                    wiring, each -> verify(each, wiring, metrics, stop), EachMirror.failures(console, output.isJson()));
        }
    }

    private int verify(OpenMirror each, Wiring wiring, Optional<OutputFile> metrics, StopSignal stop) {
        LocalDate day = LocalDate.ofInstant(console.clock().instant(), ZoneOffset.UTC);
        Verifier verifier = each.mirror().verifier(each.stored());
        try {
            DriftReport report = withProgress(day, stop, "checking", verifier::check);
            MirrorRule rule = each.rule();
            if (report.recorded() == 0 && rule.shard().isWhole()) {
                throw new NotStartedException(
                        "the metadata repository " + wiring.metadata().shown()
                                + " records no image of " + rule.folder() + " at " + rule.destination()
                                + "; run gcrsync sync first, or check --metadata and --destination");
            }
            boolean isShown = !output.quiet || !report.findings().isEmpty();
            boolean hasEvents = output.isJson() && isShown;
            JsonEvents events = EachMirror.events(console, rule);
            if (hasEvents) {
                DriftRecord.found(report, events);
            }
            Function<Optional<RepairReport>, Integer> ended = repaired -> {
                DriftRecord result = result(rule, day, report, repaired);
                print(result, isShown);
                if (hasEvents) {
                    result.finished(events);
                }
                return kept(result, each, wiring, metrics);
            };
            if (!repair || report.findings().isEmpty()) {
                return ended.apply(Optional.empty());
            }
            Optional<RepairReport> repaired;
            try {
                repaired = Optional.of(withProgress(
                        day,
                        stop,
                        "repairing",
                        settings -> verifier.repair(report, settings, wiring.imagesAtATime(), others(rule, wiring))));
            } catch (RuntimeException e) {
                // What was found must not be lost with a repair that cannot end.
                int _ = ended.apply(Optional.empty());
                throw e;
            }
            return ended.apply(repaired);
        } catch (StoppedException | CopyException e) {
            if (stop.isGiven()) {
                return ExitCode.NOT_STARTED;
            }
            throw e;
        }
    }

    /** Keeps the result for the server and in the metrics. Returns the exit code. */
    private int kept(DriftRecord result, OpenMirror each, Wiring wiring, Optional<OutputFile> metrics) {
        VerifyResult kept = result.kept(console.clock().instant(), each.label(), deep);
        Folders.verified(each.rule(), console.environment()).write(kept);
        return metrics.map(file -> file.written(
                        exitCode(result),
                        to -> writeMetrics(kept, each.rule(), wiring, to),
                        MirrorOutput.messages(output, console)))
                .orElse(exitCode(result));
    }

    private DriftRecord result(MirrorRule rule, LocalDate day, DriftReport report, Optional<RepairReport> repaired) {
        return new DriftRecord(rule, Optional.ofNullable(sample), day, report, repaired);
    }

    private static int exitCode(DriftRecord result) {
        return result.drifted() > 0
                ? ExitCode.DIFFERENCES
                : result.unchecked() > 0 ? ExitCode.NOT_STARTED : ExitCode.DONE;
    }

    private void writeMetrics(VerifyResult result, MirrorRule rule, Wiring wiring, Path file) throws IOException {
        Set<String> destinations = wiring.rules().stream()
                .filter(rule::isOfSameMirror)
                .map(other -> other.shownDestination().orElse(result.destination()))
                .collect(Collectors.toSet());
        MetricsFile.verified(
                rule.name(), result, destinations, file, console.clock().instant());
    }

    private void print(DriftRecord result, boolean isShown) {
        switch (format) {
            case table -> {
                if (isShown) {
                    new DriftText(console.out(), result).print();
                }
            }
            case json -> console.out().println(Json.text(result.fields()));
        }
        console.out().flush();
    }

    private static List<Place> others(MirrorRule rule, Wiring wiring) {
        return wiring.rules().stream()
                .filter(other -> other.isOfSameMirror(rule) && !other.equals(rule))
                .map(other -> Place.destination(other, wiring.open(other).stored()))
                .toList();
    }

    private <T> T withProgress(LocalDate day, StopSignal stop, String work, Function<Verifier.Settings, T> checking) {
        Predicate<String> images =
                image -> Optional.ofNullable(sample).stream().allMatch(part -> part.includes(image, day));
        if (output.quiet || output.isJson()) {
            return checking.apply(new Verifier.Settings(deep, images, stop, Verifier.Progress.SILENT));
        }
        try (ByteProgress shown =
                new ByteProgress(work, work, console.err(), !output.noProgress && Terminals.canShowBars(console))) {
            return checking.apply(new Verifier.Settings(deep, images, stop, progress(shown)));
        }
    }

    private static Verifier.Progress progress(ByteProgress shown) {
        return new Verifier.Progress() {
            @Override
            public void checking(int images) {
                shown.reading(images);
            }

            @Override
            public void imageChecked() {
                shown.imageRead();
            }

            @Override
            public void read(long bytes) {
                shown.done(bytes);
            }
        };
    }
}
