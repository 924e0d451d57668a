package io.github.gcrsync.cli;

import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.console.ExitCode;
import io.github.gcrsync.cli.console.Logs;
import io.github.gcrsync.cli.flags.NotStartedException;
import io.github.gcrsync.cli.flags.RegistryFlags;
import io.github.gcrsync.cli.flags.UsageException;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.layout.ServedFolder;
import io.github.gcrsync.serve.FolderRegistry;
import io.github.gcrsync.text.Printable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Serves a folder as a registry. */
@Command(
        name = "registry",
        sortOptions = false,
        description = {
            "Serves a folder of OCI image layouts, such as a mirror, as a read-only registry for docker, podman, containerd,"
                    + " skopeo, oras and Kubernetes, until it is stopped.",
            "",
            "A repository is named by its path below the folder. Clients need no login. A sync may write the folder at the"
                    + " same time; what it adds is served at once."
        },
        parameterListHeading = "%nArguments:%n",
        optionListHeading = "%nFlags:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "2:wrong flags, or no such folder",
            "3:could not start, for example because the port is in use",
            "143:stopped by SIGTERM (130 by Ctrl-C)"
        })
final class RegistryCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(
            index = "0",
            paramLabel = "FOLDER",
            description =
                    "Folder with one OCI image layout per repository, as sync writes it, also as oci:DIR; or one layout, whose repository is named like the folder.")
    private String folder = "";

    @Mixin
    private RegistryFlags flags = new RegistryFlags();

    @Option(names = "--debug", description = "Log every request to standard error.")
    private boolean debug;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    RegistryCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Logs.configure(debug, console.err());
        ServedFolder served = served();
        int count = served.repositories().size();
        Optional<SSLContext> tls = flags.tls();
        InetSocketAddress address = flags.address();
        try (FolderRegistry registry = FolderRegistry.start(served, address, tls)) {
            console.err()
                    .println("gcrsync: serving " + Printable.of(folder) + " ("
                            + (count == 1 ? "1 repository" : count + " repositories") + ") at "
                            + (tls.isPresent() ? "https://" : "http://") + registry.host() + "; pull "
                            + (address.getAddress().isAnyLocalAddress() ? "HOST:" + registry.port() : registry.host())
                            + "/NAME:TAG");
            // Until a signal ends the process: clients resume or retry what they were pulling.
            new CountDownLatch(1).await();
        } catch (IOException e) {
            throw new NotStartedException("cannot listen on " + flags.listen + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            console.err().println("gcrsync: stopped");
        }
        return ExitCode.DONE;
    }

    private ServedFolder served() {
        try {
            return ServedFolder.at(Path.of(folder.startsWith("oci:") ? folder.substring("oci:".length()) : folder));
        } catch (ContentException.NotFound | ContentException.Unsupported e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }
}
