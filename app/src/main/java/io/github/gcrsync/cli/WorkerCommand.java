package io.github.gcrsync.cli;

import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.console.ExitCode;
import io.github.gcrsync.cli.console.Logs;
import io.github.gcrsync.cli.execution.Interruption;
import io.github.gcrsync.cli.flags.CopyFlags;
import io.github.gcrsync.cli.flags.DatabaseFlags;
import io.github.gcrsync.cli.flags.Options;
import io.github.gcrsync.cli.flags.ProgressFlags.LogFormat;
import io.github.gcrsync.cli.flags.UsageException;
import io.github.gcrsync.cluster.Database;
import io.github.gcrsync.server.InvalidFileException;
import io.github.gcrsync.server.ServerLog;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Copies what a server with the same database plans. */
@Command(
        name = "worker",
        sortOptions = false,
        description = {
            "Copies images for gcrsync server --database, together with other workers, until it is stopped.",
            "",
            "It needs the same gcrsync.yaml, and its own logins to the registries. It plans nothing, and does not use the"
                    + " metadata repository. SIGTERM stops it after the blobs in flight; another worker copies the rest."
        },
        optionListHeading = "%nWorker flags:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "2:wrong flags, or an invalid file",
            "3:could not start, because the database cannot be used",
            "143:stopped by SIGTERM (130 by Ctrl-C)"
        })
final class WorkerCommand implements Callable<Integer> {
    /** Of this process to the database. */
    private static final int CONNECTIONS = 8;

    private final Console console;

    @Mixin
    private DatabaseFlags database = new DatabaseFlags();

    @Mixin
    private CopyFlags copying = new CopyFlags();

    @Option(
            names = "--log-format",
            paramLabel = "text|json",
            defaultValue = "text",
            description = "Format of standard error: text, or one JSON object per event (default: ${DEFAULT-VALUE}).")
    private LogFormat logFormat = LogFormat.text;

    @Mixin
    private Options options = new Options();

    @Spec
    private @Nullable CommandSpec command;

    WorkerCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        PrintWriter err = console.err();
        boolean isJson = logFormat == LogFormat.json;
        Logs.configure(options.general.debug, isJson, err, console.clock());
        Path file = options.settings()
                .file()
                .orElseThrow(
                        () -> new UsageException("there is no gcrsync.yaml; name the file of the server by --config"));
        ServerMirrors mirrors = new ServerMirrors(
                file, Objects.requireNonNull(command), options.settings(), console, _ -> Optional.empty());
        try {
            var _ = mirrors.read();
        } catch (InvalidFileException e) {
            throw new UsageException(String.join("; ", e.errors()));
        }
        ServerLog log = new ServerLog(err, console.clock(), isJson);
        Database shared = database.open(console.environment(), CONNECTIONS)
                .orElseThrow(() -> new UsageException("--database is missing: the database of the server"));
        WorkerProcess worker = WorkerProcess.start(shared, mirrors, copying, console, log::message);
        // The JVM ends when the interruption closes, so it closes last.
        try (var _ = Interruption.installForWorker(worker::stop, worker::abandon, err);
                shared;
                worker) {
            log.message("worker " + worker.workerName() + " takes tasks from " + shared);
            worker.awaitEnd();
        }
        return ExitCode.DONE;
    }
}
