package gcrsync.cli;

import gcrsync.config.Destination;
import gcrsync.copy.StopSignal;
import gcrsync.ledger.Ledger;
import gcrsync.mirror.Checkpoints;
import gcrsync.mirror.DestinationCheck;
import gcrsync.mirror.MirrorRun;
import gcrsync.mirror.Plan;
import gcrsync.mirror.RunReport;
import gcrsync.mirror.Trust;
import java.time.Duration;
import java.util.concurrent.Callable;
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
            "1:some images failed; the others are done and recorded",
            "2:wrong flags",
            "3:could not start: no listing, no metadata repository, credentials refused"
        })
final class SyncCommand implements Callable<Integer> {
    private final Main.Console console;

    @Option(
            names = "--processcount",
            paramLabel = "N",
            defaultValue = "100",
            description = "Images to copy in this run; -1: all (default: ${DEFAULT-VALUE}).")
    private int processCount;

    @Option(
            names = "--processlimit",
            paramLabel = "N",
            defaultValue = "20",
            description = "Images to copy at a time (default: ${DEFAULT-VALUE}).",
            converter = Options.Converters.Positive.class)
    private int processLimit;

    @Mixin
    private Options options = new Options();

    SyncCommand(Main.Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Logs.configure(options.general.debug);
        StopSignal stop = new StopSignal();
        try (var _ = Interruption.gives(stop, console.err());
                Session session = new Session(options, console, processLimit)) {
            RunReport report = run(session, stop);
            new Summary(console.out()).print(report, session);
            return exitCode(report);
        }
    }

    private RunReport run(Session session, StopSignal stop) {
        Ledger ledger = session.ledger();
        DestinationCheck check = new DestinationCheck(session.destinationRepositories(), options.source.queryLimit);
        Plan plan = session.planner().plan(session.list(), ledger, trust(session.destination()));
        Plan narrowed = check.narrow(plan, ledger, processCount);
        MirrorRun run = new MirrorRun(
                new MirrorRun.Parts(
                        session.source()::repository,
                        session.destinationRepositories(),
                        check,
                        session.names(),
                        ledger),
                new Checkpoints.Rhythm(100, Duration.ofMinutes(5)),
                processLimit,
                stop,
                new ProgressLines(console.err()));
        return run.run(narrowed);
    }

    /** A folder can be asked without a request, and may have been moved or cleared since: it is never taken on trust. */
    private static Trust trust(Destination destination) {
        return switch (destination) {
            case Destination.Folder folder -> Trust.CHECK_DESTINATION;
            case Destination.Registry registry -> Trust.LEDGER;
        };
    }

    private static int exitCode(RunReport report) {
        if (report.abandoned().isPresent()) {
            return ExitCode.NOT_STARTED;
        }
        boolean failed = !report.failures().isEmpty() || report.unrecorded().isPresent();
        return failed ? ExitCode.SOME_FAILED : ExitCode.DONE;
    }
}
