package io.github.gcrsync.cli;

import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.flags.CopyFlags;
import io.github.gcrsync.cli.flags.Options;
import io.github.gcrsync.cli.flags.OutputFlags;
import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.mirror.Mirror;
import io.github.gcrsync.plan.Plan;
import io.github.gcrsync.plan.Trust;
import io.github.gcrsync.run.MirrorRun;
import io.github.gcrsync.run.RunReport;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists, plans, copies and records. */
@Command(
        name = "sync",
        sortOptions = false,
        description = "Copies missing images to the mirror and records them. This is the default command.",
        optionListHeading = "%nSync flags:%n",
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
                    Wiring wiring = new Wiring(options, console, copying.processLimit, force)) {
                stop.whenAbandoned(wiring::disconnect);
                Mirror mirror = wiring.mirror();
                Plan plan = mirror.plan(force ? Trust.COPY_AGAIN : mirror.trust());
                RunReport report = mirror.run(
                        plan,
                        new MirrorRun.Settings(
                                wiring.imagesAtATime(),
                                copying.checkpoint,
                                wiring.quota(plan, copying.waitForQuota, stop, output.remarks()),
                                stop,
                                output.listener()));
                return output.finished(report, wiring);
            }
        }
    }
}
