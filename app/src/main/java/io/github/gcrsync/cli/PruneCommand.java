package io.github.gcrsync.cli;

import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.console.ExitCode;
import io.github.gcrsync.cli.console.Logs;
import io.github.gcrsync.cli.console.Terminals;
import io.github.gcrsync.cli.execution.EachMirror;
import io.github.gcrsync.cli.execution.Interruption;
import io.github.gcrsync.cli.execution.MirrorOutput;
import io.github.gcrsync.cli.execution.OutputFile;
import io.github.gcrsync.cli.flags.MetricsFlags;
import io.github.gcrsync.cli.flags.MirrorFile;
import io.github.gcrsync.cli.flags.Options;
import io.github.gcrsync.cli.flags.PruneFlags;
import io.github.gcrsync.cli.flags.ShardFlags;
import io.github.gcrsync.cli.summary.PruneRecord;
import io.github.gcrsync.cli.summary.PruneText;
import io.github.gcrsync.cli.wiring.OpenMirror;
import io.github.gcrsync.cli.wiring.Rules;
import io.github.gcrsync.cli.wiring.Wiring;
import io.github.gcrsync.config.MirrorDefinition;
import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.metrics.MetricsFile;
import io.github.gcrsync.output.ByteProgress;
import io.github.gcrsync.output.JsonEvents;
import io.github.gcrsync.prune.Due;
import io.github.gcrsync.prune.PruneReport;
import io.github.gcrsync.prune.PruneRule;
import io.github.gcrsync.prune.Pruning;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.text.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Deletes at the destination what is gone at the source or no longer selected. */
@Command(
        name = "prune",
        sortOptions = false,
        description =
                "Shows which mirrored images are gone at the source or no longer selected, and deletes them at the destination with --apply. Only images that gcrsync copied are deleted.",
        optionListHeading = "%nPrune flags:%n",
        parameterListHeading = "%nArguments:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:plan printed, or everything that is due deleted",
            "1:some images could not be deleted, or the metrics could not be written",
            "2:wrong flags",
            "3:could not start, or had to give up",
            "4:nothing deleted: the source could not be listed completely, or more than --at-most would be deleted"
        })
final class PruneCommand implements Callable<Integer> {
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

    @Option(names = "--apply", description = "Delete. Without it, only the plan is printed.")
    private boolean apply;

    @Mixin
    private PruneFlags pruning = new PruneFlags();

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

    private final Optional<StopSignal> given;

    PruneCommand(Console console) {
        this(console, Optional.empty());
    }

    /** @param given replaces the signals of the process */
    PruneCommand(Console console, Optional<StopSignal> given) {
        this.console = console;
        this.given = given;
    }

    @Override
    public Integer call() {
        if (given.isEmpty()) {
            Logs.configure(options.general.debug, output.isJson(), console.err(), console.clock());
        }
        List<MirrorRule> rules = Rules.of(options, mirrors, part.shard);
        Map<String, PruneRule> ofMirrors = new HashMap<>();
        for (MirrorDefinition mirror : MirrorFile.chosen(options, mirrors)) {
            ofMirrors.put(mirror.name(), mirror.prune());
        }
        Optional<OutputFile> metrics = OutputFile.metrics(output);
        StopSignal stop = given.orElseGet(StopSignal::new);
        try (Wiring wiring = new Wiring(options, rules, console, apply ? 1 : 0, false);
                var _ = given.isPresent()
                        ? Interruption.none()
                        : Interruption.install(
                                stop::give, wiring::disconnect, MirrorOutput.messages(output, console))) {
            return EachMirror.run(
                    wiring,
                    each -> prune(
                            each,
                            stop,
                            metrics,
                            ofMirrors.getOrDefault(each.rule().name().orElse(""), PruneRule.DEFAULT)),
                    EachMirror.failures(console, output.isJson()));
        }
    }

    private int prune(OpenMirror each, StopSignal stop, Optional<OutputFile> metrics, PruneRule ofMirror) {
        Pruning mirror = each.mirror().pruning(pruning.over(ofMirror));
        PruneReport report = report(mirror, mirror.due(), stop);
        if (output.isJson()) {
            events(EachMirror.events(console, each.rule()), report);
        }
        if (format == Format.json) {
            console.out().println(Json.text(PruneRecord.fields(each.rule(), report)));
        } else {
            new PruneText(console, output.quiet, output.isJson()).print(each.rule(), report);
        }
        console.out().flush();
        int exitCode = exitCode(report);
        return metrics.filter(_ -> apply)
                .map(file -> file.written(
                        exitCode,
                        to -> MetricsFile.pruned(
                                each.rule().name(),
                                report.deleted(),
                                to,
                                console.clock().instant()),
                        MirrorOutput.messages(output, console)))
                .orElse(exitCode);
    }

    private PruneReport report(Pruning mirror, Due due, StopSignal stop) {
        if (output.quiet || output.isJson()) {
            return mirror.run(due, apply, stop, _ -> {});
        }
        String work = apply ? "deleting" : "looking";
        try (ByteProgress progress =
                new ByteProgress(work, work, console.err(), !output.noProgress && Terminals.canShowBars(console))) {
            progress.reading(due.images().size());
            return mirror.run(due, apply, stop, count -> {
                for (int i = 0; i < count; i++) {
                    progress.imageRead();
                }
            });
        }
    }

    private static void events(JsonEvents to, PruneReport report) {
        if (report.isApplied()) {
            report.deletions().forEach(deletion -> to.event("image-pruned", PruneRecord.fields(deletion)));
        }
        report.failures().forEach(to::imageFailed);
        PruneRecord.errors(report).forEach(message -> to.event("error", Map.of("message", message)));
        to.event("prune-finished", PruneRecord.totals(report));
    }

    private static int exitCode(PruneReport report) {
        if (report.abandoned().isPresent()) {
            return ExitCode.NOT_STARTED;
        }
        return report.due().blocked().isPresent()
                ? ExitCode.DIFFERENCES
                : report.isIncomplete() ? ExitCode.SOME_FAILED : ExitCode.DONE;
    }
}
