package io.github.gcrsync.cli;

import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.execution.EachMirror;
import io.github.gcrsync.cli.execution.Interruption;
import io.github.gcrsync.cli.execution.MirrorSync;
import io.github.gcrsync.cli.execution.RunOutput;
import io.github.gcrsync.cli.flags.CopyFlags;
import io.github.gcrsync.cli.flags.Options;
import io.github.gcrsync.cli.flags.OutputFlags;
import io.github.gcrsync.cli.flags.ShardFlags;
import io.github.gcrsync.cli.flags.UsageException;
import io.github.gcrsync.cli.wiring.Rules;
import io.github.gcrsync.cli.wiring.Wiring;
import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.output.BatchRecord;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.run.Dispatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists, plans, copies and records. */
@Command(
        name = "sync",
        sortOptions = false,
        description = "Copies missing images to the mirror and records them. This is the default command.",
        optionListHeading = "%nSync flags:%n",
        parameterListHeading = "%nArguments:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all done",
            "1:some images failed, are held, lack a signature or are in quarantine; the others are copied and recorded",
            "2:wrong flags",
            "3:could not start (no listing, metadata repository or login), or a side is unreachable or full",
            "5:the source's pull quota is used up; the next run copies the rest"
        })
final class SyncCommand implements Callable<Integer> {
    /**
     * What replaces the signals and the log of the process for a sync that is only a part of it.
     *
     * @param result receives it, unless the sync ends before its first mirror
     * @param dispatch copies the images; empty: this process does
     */
    record Host(StopSignal stop, Consumer<BatchRecord> result, Optional<Dispatch> dispatch) {}

    private final Console console;
    private final Optional<Host> host;

    @Parameters(
            arity = "0..*",
            paramLabel = "MIRROR",
            description = "Names of mirrors in gcrsync.yaml (default: all of them).")
    private List<String> mirrors = new ArrayList<>();

    @Mixin
    private CopyFlags copying = new CopyFlags();

    @Option(
            names = "--force",
            description =
                    "Copy all selected images again, whatever is recorded. A folder (oci:) keeps only blobs whose digest is correct.")
    private boolean force;

    @Mixin
    private ShardFlags part = new ShardFlags();

    @Mixin(name = "Output:")
    private OutputFlags outputFlags = new OutputFlags();

    @Mixin
    private Options options = new Options();

    SyncCommand(Console console) {
        this(console, Optional.empty());
    }

    SyncCommand(Console console, Optional<Host> host) {
        this.console = console;
        this.host = host;
    }

    /** Returns the shared flags, once they are parsed. */
    Options options() {
        return options;
    }

    /** Returns a rule for each destination of each mirror, once the flags are parsed. */
    List<MirrorRule> rules() {
        return Rules.of(options, mirrors, part.shard);
    }

    @Override
    public Integer call() {
        StopSignal stop = host.map(Host::stop).orElseGet(StopSignal::new);
        try (RunOutput output = new RunOutput(outputFlags, console, stop, host.map(Host::result))) {
            output.configureLogs(options.general.debug);
            try (var _ = host.isPresent() ? Interruption.none() : Interruption.install(stop, output)) {
                return run(rules(), stop, output);
            }
        }
    }

    private int run(List<MirrorRule> rules, StopSignal stop, RunOutput output) {
        try (Wiring wiring = new Wiring(options, rules, console, copying.processLimit, force)) {
            stop.whenAbandoned(wiring::disconnect);
            output.uses(wiring);
            MirrorSync sync = new MirrorSync(new MirrorSync.Settings(
                    copying,
                    force,
                    options.general.debug,
                    console.patience().slowDestination(),
                    host.flatMap(Host::dispatch)));
            int exitCode =
                    EachMirror.runTogether(wiring, each -> sync.run(each, wiring, stop, output), output::notStarted);
            return output.ended(exitCode, wiring);
        } catch (UsageException e) {
            throw e;
        } catch (RuntimeException e) {
            output.notStarted(rules, e);
            throw e;
        }
    }
}
