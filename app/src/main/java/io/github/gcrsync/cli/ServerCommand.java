package io.github.gcrsync.cli;

import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.console.ExitCode;
import io.github.gcrsync.cli.console.Logs;
import io.github.gcrsync.cli.console.Version;
import io.github.gcrsync.cli.flags.CopyFlags;
import io.github.gcrsync.cli.flags.NotStartedException;
import io.github.gcrsync.cli.flags.Options;
import io.github.gcrsync.cli.flags.ServerFlags;
import io.github.gcrsync.cli.flags.UsageException;
import io.github.gcrsync.cli.settings.ConfigFlags;
import io.github.gcrsync.cli.settings.Setting;
import io.github.gcrsync.cli.wiring.Folders;
import io.github.gcrsync.http.RetryingTransport;
import io.github.gcrsync.http.Transport;
import io.github.gcrsync.http.client.ApacheTransport;
import io.github.gcrsync.http.client.HttpSettings;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.output.JsonEvents;
import io.github.gcrsync.server.FileHistory;
import io.github.gcrsync.server.History;
import io.github.gcrsync.server.InvalidFileException;
import io.github.gcrsync.server.Notifier;
import io.github.gcrsync.server.Observer;
import io.github.gcrsync.server.ServerLog;
import io.github.gcrsync.server.ServerMetrics;
import io.github.gcrsync.server.Service;
import io.github.gcrsync.server.http.Guard;
import io.github.gcrsync.server.http.WebServer;
import io.github.gcrsync.text.Sizes;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLContext;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
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
    private final Console console;

    @ArgGroup(validate = false, heading = "%nServer:%n")
    private ServerFlags flags = new ServerFlags();

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
        if (flags.isJson()) {
            Logs.configure(options.general.debug, new JsonEvents(err, console.clock()));
        } else {
            Logs.configure(options.general.debug, err);
        }
        Path file = options.settings()
                .file()
                .orElseThrow(
                        () -> new UsageException("there is no gcrsync.yaml; name a file with mirrors by --config"));
        ServerLog log = new ServerLog(err, console.clock(), flags.isJson());
        InetSocketAddress address = flags.address();
        Optional<SSLContext> tls = flags.tls();
        Guard guard = new Guard(flags.token(), flags.publicPage, flags.hosts());
        ServerMetrics metrics = new ServerMetrics();
        FileHistory history = history(file);
        Notifier notifier = new Notifier(transport(), console.environment(), history);
        Service service = service(file, history, List.of(log, metrics, notifier));
        Object before = Signals.register("HUP", service::reload);
        // The JVM ends when the interruption closes, so it closes last.
        try (var _ = Interruption.install(service::stop, service::abandon, err);
                notifier;
                WebServer web = WebServer.start(address, tls, service, metrics, guard)) {
            service.start();
            log.message("running " + Sizes.count(service.mirrors().size(), "mirror") + " of " + file + "; listening on "
                    + (tls.isPresent() ? "https://" : "http://") + shown(address) + ":" + web.port());
            awaitEnd(service);
        } catch (IOException e) {
            service.stop();
            throw new NotStartedException("cannot listen on " + flags.listen + ": " + e.getMessage(), e);
        } finally {
            Signals.unregister("HUP", before);
        }
        return ExitCode.DONE;
    }

    private static String shown(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return address.getAddress() instanceof Inet6Address ? "[" + host + "]" : host;
    }

    /** Of the file: another server of the same user may have mirrors of the same names. */
    private FileHistory history(Path file) {
        String path = file.toAbsolutePath().normalize().toString();
        String name = Digest.sha256(path.getBytes(StandardCharsets.UTF_8)).hex().substring(0, 12);
        return new FileHistory(
                Folders.state(console.environment()).resolve("server").resolve("runs-" + name),
                FileHistory.Limits.of(flags.keepRuns),
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

    private Service service(Path file, History history, List<Observer> observers) {
        try {
            return new Service(
                    new ServerMirrors(file, given(), off(), console),
                    history,
                    flags.mirrorsAtOnce,
                    console.clock(),
                    observers);
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

    private boolean isOfSync(String flag) {
        CommandLine sync = Objects.requireNonNull(
                Commands.of(new SyncCommand(console), console).getSubcommands().get("sync"));
        return sync.getCommandSpec().findOption(flag) != null
                && !flag.equals(ConfigFlags.FLAG)
                && !flag.equals("--log-format");
    }

    /** Returns flags that the file or a variable sets and the command line turns off: {@code --FLAG=false}. */
    private List<String> off() {
        return Objects.requireNonNull(command).options().stream()
                .filter(option -> !Setting.takesValue(option))
                .map(OptionSpec::longestName)
                .filter(flag -> isOfSync(flag)
                        && options.settings().get(flag).isPresent()
                        && options.settings().added(flag).isEmpty())
                .map(flag -> flag + "=false")
                .toList();
    }

    /** Returns the flags of the command line that sync has too. Those of variables and of the file may change later. */
    private List<String> given() {
        CommandLine own = Objects.requireNonNull(command).commandLine();
        List<String> given = new ArrayList<>();
        for (OptionSpec option : own.getParseResult().matchedOptions()) {
            String flag = option.longestName();
            if (isOfSync(flag) && options.settings().added(flag).isEmpty()) {
                given.addAll(
                        Setting.takesValue(option)
                                ? new Setting(flag, option.originalStringValues(), "flag").arguments(option)
                                : List.of(flag));
            }
        }
        return given;
    }
}
