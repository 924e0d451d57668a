package gcrsync.cli;

import gcrsync.copy.StopSignal;
import gcrsync.http.Ticker;
import gcrsync.ledger.Ledger;
import gcrsync.ledger.Recorded;
import gcrsync.mirror.DestinationCheck;
import gcrsync.mirror.MirrorRun;
import gcrsync.mirror.Plan;
import gcrsync.mirror.PullQuota;
import gcrsync.mirror.Quarantine;
import gcrsync.mirror.ReadAhead;
import gcrsync.mirror.RunReport;
import gcrsync.mirror.Trust;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The main job: list, decide, copy, record. */
@Command(
        name = "sync",
        sortOptions = false,
        description = "Copies what the mirror lacks and records it. Bare gcrsync does the same.",
        optionListHeading = "%nHow to sync:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all done",
            "1:some images failed or are in quarantine; the others are done and recorded",
            "2:wrong flags",
            "3:could not start: no listing, metadata repository or login; or a side is unreachable or full",
            "5:the source's pull quota is used up; the rest is left for the next run"
        })
final class SyncCommand implements Callable<Integer>, OutputFlags.Speaker {
    private final Main.Console console;

    @Mixin
    private CopyFlags copying = new CopyFlags();

    @Option(
            names = "--force",
            description =
                    "Copy the selection anew, whatever is recorded; a folder (oci:) keeps only blobs that have their digest.")
    private boolean force;

    @ArgGroup(validate = false, heading = "%nOutput:%n")
    private OutputFlags outputFlags = new OutputFlags();

    @Mixin
    private Options options = new Options();

    SyncCommand(Main.Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        StopSignal stop = new StopSignal();
        try (RunOutput output = new RunOutput(outputFlags, console)) {
            output.configureLogs(options.general.debug);
            try (var _ = Interruption.gives(stop, output);
                    Session session = new Session(options, console, copying.processLimit)) {
                stop.whenAbandoned(session::disconnect);
                RunReport report = run(session, stop, output);
                return output.finished(report, session, exitCode(report));
            }
        }
    }

    @Override
    public boolean speaksJson() {
        return outputFlags.speaksJson();
    }

    private RunReport run(Session session, StopSignal stop, RunOutput output) {
        Ledger ledger = session.ledger();
        DestinationCheck check = session.destinationCheck();
        ReadAhead source = session.readAhead();
        Quarantine quarantine = session.quarantine();
        Plan wanted = session.sides()
                .checked(session.planner(source)
                        .plan(session.list(), ledger, force ? Trust.COPY_ANEW : session.trust()));
        List<Recorded> lost = !force && session.trust() == Trust.CHECK_DESTINATION
                ? check.lost(wanted, ledger, session.names())
                : List.of();
        Plan narrowed = check.narrow(quarantine.applied(wanted), ledger, options.selecting.processCount);
        MirrorRun run = new MirrorRun(
                new MirrorRun.Parts(
                        source::repository,
                        session.destinationRepositories(force),
                        session.sides(),
                        check,
                        session.names(),
                        ledger,
                        quota(session, narrowed, stop, output),
                        quarantine),
                copying.checkpoint,
                session.imagesAtATime(),
                stop,
                output.listener());
        return run.run(narrowed, lost);
    }

    private PullQuota quota(Session session, Plan plan, StopSignal stop, RunOutput output) {
        if (plan.toCopy().isEmpty()) {
            return PullQuota.NONE;
        }
        return SourceQuota.of(
                session.source().host(),
                session.pullQuota(),
                session::lastPullQuota,
                session::askedPullQuota,
                plan.toCopy().size(),
                copying.waitForQuota,
                stop,
                Ticker.SYSTEM,
                output.remarks());
    }

    private static int exitCode(RunReport report) {
        if (report.abandoned().isPresent()) {
            return ExitCode.NOT_STARTED;
        }
        boolean failed = !report.failures().isEmpty()
                || !report.quarantined().isEmpty()
                || report.unrecorded().isPresent();
        int done = report.postponed() > 0 ? ExitCode.OVER_QUOTA : ExitCode.DONE;
        return failed ? ExitCode.SOME_FAILED : done;
    }
}
