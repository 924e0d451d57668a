package io.github.gcrsync.cli;

import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.flags.CopyFlags;
import io.github.gcrsync.cli.flags.NotStartedException;
import io.github.gcrsync.cli.flags.Options;
import io.github.gcrsync.cli.flags.OutputFlags;
import io.github.gcrsync.cli.wiring.OpenMirror;
import io.github.gcrsync.cli.wiring.Rules;
import io.github.gcrsync.cli.wiring.Wiring;
import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.mirror.Mirror;
import io.github.gcrsync.plan.Plan;
import io.github.gcrsync.plan.Trust;
import io.github.gcrsync.run.MirrorRun;
import io.github.gcrsync.run.RunListener;
import io.github.gcrsync.run.RunReport;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
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
            "1:some images failed or are in quarantine; the others are copied and recorded",
            "2:wrong flags",
            "3:could not start (no listing, metadata repository or login), or a side is unreachable or full",
            "5:the source's pull quota is used up; the next run copies the rest"
        })
final class SyncCommand implements Callable<Integer> {
    private final Console console;

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

    @ArgGroup(validate = false, heading = "%nOutput:%n")
    private OutputFlags outputFlags = new OutputFlags();

    @Mixin
    private Options options = new Options();

    SyncCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        StopSignal stop = new StopSignal();
        try (RunOutput output = new RunOutput(outputFlags, console)) {
            output.configureLogs(options.general.debug);
            try (var _ = Interruption.install(stop, output);
                    Wiring wiring =
                            new Wiring(options, Rules.of(options, mirrors), console, copying.processLimit, force)) {
                stop.whenAbandoned(wiring::disconnect);
                int exitCode = EachMirror.run(wiring, each -> run(each, wiring, stop, output), output::notStarted);
                return output.ended(exitCode, wiring);
            }
        }
    }

    private int run(OpenMirror each, Wiring wiring, StopSignal stop, RunOutput output) {
        if (stop.isGiven()) {
            throw new NotStartedException("the run was stopped before this mirror");
        }
        RunListener listener =
                output.begin(each.rule(), wiring, options.general.debug).listener();
        Mirror mirror = each.mirror();
        Plan plan = mirror.plan(force ? Trust.COPY_AGAIN : mirror.trust());
        RunReport report = mirror.run(
                plan,
                new MirrorRun.Settings(
                        wiring.imagesAtATime(),
                        copying.checkpoint,
                        wiring.quota(each.rule(), plan, copying.waitForQuota, stop, output.remarks()),
                        stop,
                        listener));
        return output.finished(report, each, wiring);
    }
}
