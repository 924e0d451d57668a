package io.github.gcrsync.cli;

import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.console.ExitCode;
import io.github.gcrsync.cli.console.Logs;
import io.github.gcrsync.cli.flags.Options;
import io.github.gcrsync.ledger.LogEntry;
import io.github.gcrsync.oci.Digest;
import java.io.PrintWriter;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Prints the history of images. */
@Command(
        name = "log",
        sortOptions = false,
        description = "Shows when images were mirrored and when tags moved, with old and new digest; newest first.",
        optionListHeading = "%nFlags:%n",
        parameterListHeading = "%nArguments:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:entries were found",
            "1:the image was never mirrored",
            "2:wrong flags",
            "3:cannot read the metadata repository"
        })
final class LogCommand implements Callable<Integer> {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss xx");

    private final Console console;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "IMAGE",
            description = "NAME:TAG, or NAME for all its tags (default: all images of the namespace).")
    @Nullable
    String image;

    @Mixin
    private Options options = new Options();

    LogCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Logs.configure(options.general.debug);
        try (Metadata metadata = new Metadata(options, console)) {
            List<LogEntry> entries = metadata.log(options.source.namespace, Optional.ofNullable(image));
            entries.forEach(this::print);
            console.out().flush();
            if (entries.isEmpty()) {
                console.err()
                        .println("gcrsync: "
                                + (image == null ? "nothing is recorded in " : image + " is not recorded in ")
                                + metadata.shown() + "; check --namespace and --metadata");
                return ExitCode.SOME_FAILED;
            }
            return ExitCode.DONE;
        }
    }

    private void print(LogEntry entry) {
        PrintWriter out = console.out();
        String digests = Stream.of(entry.from(), entry.to())
                .flatMap(Optional::stream)
                .map(LogCommand::shortened)
                .collect(Collectors.joining(" -> "));
        out.printf(
                "%s  %-10s%s:%s  %s  (commit %s)%n",
                TIME.format(entry.at().atZone(options.metadata.timezone)),
                entry.event().name().toLowerCase(java.util.Locale.ROOT),
                entry.name(),
                entry.tag(),
                digests,
                entry.commit().substring(0, 10));
    }

    private static String shortened(Digest digest) {
        return digest.algorithm() + ":" + digest.hex().substring(0, 12);
    }
}
