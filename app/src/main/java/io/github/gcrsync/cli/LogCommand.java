package io.github.gcrsync.cli;

import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.console.ExitCode;
import io.github.gcrsync.cli.console.Logs;
import io.github.gcrsync.cli.flags.Options;
import io.github.gcrsync.cli.wiring.Metadata;
import io.github.gcrsync.ledger.changelog.LogEntry;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.text.Printable;
import java.io.PrintWriter;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
            arity = "0..2",
            paramLabel = "[MIRROR] [NAME[:TAG]]",
            description =
                    "A mirror in gcrsync.yaml (default: all of them), and an image, or a repository for all its tags (default: all images).")
    List<String> words = new ArrayList<>();

    @Mixin
    private Options options = new Options();

    LogCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Logs.configure(options.general.debug);
        ImageWords given = ImageWords.of(words, options);
        try (Metadata metadata = new Metadata(options, console)) {
            List<Line> lines = given.rules().stream()
                    .flatMap(rule ->
                            metadata.log(rule.folder(), given.image()).stream().map(entry -> new Line(rule, entry)))
                    .sorted(Comparator.comparing((Line line) -> line.entry().at())
                            .reversed())
                    .toList();
            boolean isAtSeveral = lines.stream()
                            .map(line -> line.entry().destination())
                            .filter(destination -> !destination.isEmpty())
                            .distinct()
                            .count()
                    > given.rules().size();
            lines.forEach(line -> print(line, isAtSeveral));
            console.out().flush();
            if (lines.isEmpty()) {
                console.err()
                        .println("gcrsync: "
                                + given.image()
                                        .map(image -> image + " is not recorded in ")
                                        .orElse("nothing is recorded in ")
                                + metadata.shown() + "; check --namespace and --metadata");
                return ExitCode.SOME_FAILED;
            }
            return ExitCode.DONE;
        }
    }

    private record Line(MirrorRule rule, LogEntry entry) {}

    private void print(Line line, boolean showsDestination) {
        LogEntry entry = line.entry();
        PrintWriter out = console.out();
        String digests = Stream.of(entry.from(), entry.to())
                .flatMap(Optional::stream)
                .map(digest -> entry.event() == LogEntry.Event.PRUNED ? digest.value() : shortened(digest))
                .collect(Collectors.joining(" -> "));
        out.printf(
                "%s  %-10s%s%s  %s%s  (commit %s)%n",
                TIME.format(entry.at().atZone(options.metadata.timezone)),
                entry.event().name().toLowerCase(java.util.Locale.ROOT),
                line.rule().mirrorPrefix(),
                entry.image(),
                digests,
                showsDestination && !entry.destination().isEmpty() ? "  at " + Printable.of(entry.destination()) : "",
                entry.commit().substring(0, 10));
    }

    private static String shortened(Digest digest) {
        return digest.algorithm() + ":" + digest.hex().substring(0, 12);
    }
}
