package io.github.gcrsync.cli;

import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.console.ExitCode;
import io.github.gcrsync.cli.console.Logs;
import io.github.gcrsync.cli.console.Version;
import io.github.gcrsync.cli.execution.Interruption;
import io.github.gcrsync.cli.flags.CopyFlags;
import io.github.gcrsync.cli.flags.DatabaseFlags;
import io.github.gcrsync.cli.flags.NotStartedException;
import io.github.gcrsync.cli.flags.Options;
import io.github.gcrsync.cli.flags.ServerFlags;
import io.github.gcrsync.cli.flags.UsageException;
import io.github.gcrsync.cli.wiring.Folders;
import io.github.gcrsync.cluster.ClusterDispatch;
import io.github.gcrsync.cluster.Database;
import io.github.gcrsync.cluster.DatabaseException;
import io.github.gcrsync.cluster.DatabaseWatch;
import io.github.gcrsync.http.RetryingTransport;
import io.github.gcrsync.http.Transport;
import io.github.gcrsync.http.client.ApacheTransport;
import io.github.gcrsync.http.client.HttpSettings;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.server.FileHistory;
import io.github.gcrsync.server.History;
import io.github.gcrsync.server.InvalidFileException;
import io.github.gcrsync.server.Notifier;
import io.github.gcrsync.server.Observer;
import io.github.gcrsync.server.RunIndex;
import io.github.gcrsync.server.ServerLog;
import io.github.gcrsync.server.ServerMetrics;
import io.github.gcrsync.server.Service;
import io.github.gcrsync.server.fleet.Fleet;
import io.github.gcrsync.server.http.Guard;
import io.github.gcrsync.server.http.WebServer;
import io.github.gcrsync.text.Sizes;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLContext;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Runs the mirrors of a file on their schedules. */
@Command(
        name = "server",
        sortOptions = false,
        description = {
            "Runs the mirrors of gcrsync.yaml on their schedules, each like gcrsync sync NAME, until it is stopped.",
            "",
            "A mirror runs by its key 'schedule', or on request. A changed file is taken over if it is valid, also by"
                    + " SIGHUP. SIGTERM stops the runs as it stops sync."
        },
        optionListHeading = "%nCopying flags:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "2:wrong flags, or an invalid file",
            "3:could not start",
            "143:stopped by SIGTERM (130 by Ctrl-C)"
        })
final class ServerCommand implements Callable<Integer> {
    /** Of this process to the database. */
    private static final int CONNECTIONS = 12;

    private final Console console;

    @Mixin(name = "Server:")
    private ServerFlags flags = new ServerFlags();

    @Mixin
    private DatabaseFlags database = new DatabaseFlags();

    @Mixin
    CopyFlags copying = new CopyFlags();

    @Mixin
    private Options options = new Options();

    @Spec
    private @Nullable CommandSpec command;

    ServerCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        PrintWriter err = console.err();
        Logs.configure(options.general.debug, flags.isJson(), err, console.clock());
        Path file = options.settings()
                .file()
                .orElseThrow(
                        () -> new UsageException("there is no gcrsync.yaml; name a file with mirrors by --config"));
        if (flags.work && database.url == null) {
            throw new UsageException("--work needs --database: without it, the server copies anyway");
        }
        Web web = new Web(flags.address(), flags.tls(), new Guard(flags.token(), flags.publicPage, flags.hosts()));
        try (Database shared = database.open(console.environment(), CONNECTIONS).orElse(null);
                DatabaseWatch watch = shared == null ? null : watch(shared)) {
            serve(file, web, Optional.ofNullable(shared), Optional.ofNullable(watch));
        }
        return ExitCode.DONE;
    }

    private record Web(InetSocketAddress address, Optional<SSLContext> tls, Guard guard) {}

    private DatabaseWatch watch(Database shared) {
        try {
            return DatabaseWatch.start(shared, RunIndex.Limits.of(flags.keepRuns), console.clock());
        } catch (DatabaseException e) {
            throw new NotStartedException(String.valueOf(e.getMessage()), e);
        }
    }

    private void serve(Path file, Web to, Optional<Database> shared, Optional<DatabaseWatch> watch) {
        ServerMirrors mirrors = new ServerMirrors(
                file,
                Objects.requireNonNull(command),
                options.settings(),
                console,
                mirror -> shared.map(known ->
                        new ClusterDispatch(known, mirror, console.patience().heartbeat())));
        ServerLog log = new ServerLog(console.err(), console.clock(), flags.isJson());
        Optional<Fleet> fleet = watch.map(known -> known);
        ServerMetrics metrics = new ServerMetrics(fleet);
        History history = watch.map(DatabaseWatch::history).orElseGet(() -> history(file));
        Notifier notifier = new Notifier(transport(), console.environment(), history);
        Service service = service(mirrors, history, List.of(log, metrics, notifier));
        Optional<WorkerProcess> work = shared.filter(_ -> flags.work)
                .map(known -> WorkerProcess.start(known, mirrors, copying, console, log::message));
        Object before = Signals.register("HUP", service::reload);
        // The JVM ends when the interruption closes, so it closes last.
        try (var _ = Interruption.install(
                        () -> {
                            work.ifPresent(WorkerProcess::stop);
                            service.stop();
                        },
                        () -> {
                            work.ifPresent(WorkerProcess::abandon);
                            service.abandon();
                        },
                        console.err());
                notifier;
                WebServer web = WebServer.start(to.address(), to.tls(), service, metrics, fleet, to.guard())) {
            service.start();
            log.message("running " + Sizes.count(service.mirrors().size(), "mirror") + " of " + file
                    + shared.map(known -> " by the workers of " + known).orElse("") + "; listening on "
                    + (to.tls().isPresent() ? "https://" : "http://") + shown(to.address()) + ":" + web.port());
            awaitEnd(service);
            work.ifPresent(WorkerProcess::stop);
            work.ifPresent(WorkerProcess::awaitEnd);
        } catch (IOException e) {
            service.stop();
            throw new NotStartedException("cannot listen on " + flags.listen + ": " + e.getMessage(), e);
        } finally {
            work.ifPresent(WorkerProcess::close);
            Signals.unregister("HUP", before);
        }
    }

    private static String shown(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return address.getAddress() instanceof Inet6Address ? "[" + host + "]" : host;
    }

    /** Of the file: another server of the same user may have mirrors of the same names. */
    private History history(Path file) {
        String path = file.toAbsolutePath().normalize().toString();
        String name = Digest.sha256(path.getBytes(StandardCharsets.UTF_8)).hex().substring(0, 12);
        return new FileHistory(
                Folders.state(console.environment()).resolve("server").resolve("runs-" + name),
                RunIndex.Limits.of(flags.keepRuns),
                console.clock());
    }

    /** For notifications: retries each a few times. */
    private Transport transport() {
        HttpSettings settings = new HttpSettings(
                options.network.timeout,
                Optional.ofNullable(options.network.proxy),
                options.access.tls(console.environment()),
                2,
                "gcrsync/" + Version.number());
        return new RetryingTransport(
                new ApacheTransport(settings), console.patience().retries(), console.clock());
    }

    private Service service(ServerMirrors mirrors, History history, List<Observer> observers) {
        try {
            return new Service(mirrors, history, flags.mirrorsAtOnce, console.clock(), observers);
        } catch (InvalidFileException e) {
            throw new UsageException(String.join("; ", e.errors()));
        }
    }

    /** An interrupt stops the service like a signal. */
    private static void awaitEnd(Service service) {
        try {
            service.awaitEnd();
        } catch (InterruptedException e) {
            service.stop();
            try {
                service.awaitEnd();
            } catch (InterruptedException again) {
                throw new NotStartedException("interrupted twice; the runs were not awaited", again);
            }
        }
    }
}
