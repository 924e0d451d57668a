package io.github.gcrsync.cli;

import io.github.gcrsync.check.Compared;
import io.github.gcrsync.check.Compared.State;
import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.console.ExitCode;
import io.github.gcrsync.cli.console.Logs;
import io.github.gcrsync.cli.execution.EachMirror;
import io.github.gcrsync.cli.flags.NotStartedException;
import io.github.gcrsync.cli.flags.Options;
import io.github.gcrsync.cli.flags.ShardFlags;
import io.github.gcrsync.cli.flags.UsageException;
import io.github.gcrsync.cli.wiring.OpenMirror;
import io.github.gcrsync.cli.wiring.Rules;
import io.github.gcrsync.cli.wiring.Wiring;
import io.github.gcrsync.files.DiskErrors;
import io.github.gcrsync.files.WholeFile;
import io.github.gcrsync.ledger.ImageList;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.text.Json;
import io.github.gcrsync.text.Printable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares the source with the destination. */
@Command(
        name = "compare",
        sortOptions = false,
        description =
                "Compares the source with the destination, whatever the metadata repository says, and writes the list"
                        + " of images that are the same on both sides.",
        optionListHeading = "%nCompare flags:%n",
        parameterListHeading = "%nArguments:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:in sync", "2:wrong flags", "3:could not compare all images", "4:differences"})
final class CompareCommand implements Callable<Integer> {
    private static final int FIRST_DIFFERENCES = 20;

    private final Console console;

    enum Format {
        table,
        json
    }

    @Parameters(
            arity = "0..*",
            paramLabel = "MIRROR",
            description = "Names of mirrors in gcrsync.yaml (default: all of them).")
    List<String> mirrors = new ArrayList<>();

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "File for the list of identical images (default: <namespace>.json in the current folder).")
    @Nullable
    Path output;

    @Option(
            names = "--format",
            paramLabel = "table|json",
            defaultValue = "table",
            description = "Output format (default: ${DEFAULT-VALUE}).")
    Format format = Format.table;

    @Mixin
    private ShardFlags part = new ShardFlags();

    @Mixin
    private Options options = new Options();

    CompareCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Logs.configure(options.general.debug);
        Path file = output;
        if (file != null && Files.isDirectory(file)) {
            throw new NotStartedException("cannot write the list of identical images to " + file
                    + ": it is a folder; use --output with a file, such as " + file.resolve("images.json"));
        }
        List<MirrorRule> rules = Rules.of(options, mirrors, part.shard);
        if (file != null && rules.size() > 1) {
            throw new UsageException(
                    "--output takes the list of one mirror at one destination; name the mirror: gcrsync compare MIRROR --output"
                            + " FILE");
        }
        try (Wiring wiring = new Wiring(options, rules, console, 0, true)) {
            return EachMirror.run(wiring, this::compare, EachMirror.failures(console, false));
        }
    }

    private int compare(OpenMirror each) {
        List<Compared> all = each.mirror().compare();
        switch (format) {
            case table -> printTable(console.out(), all, each);
            case json -> console.out().println(json(all, each));
        }
        console.out().flush();
        Path file = output;
        boolean written = isWritten(all, file != null ? file : standardFile(each.rule()));
        // The default file was not requested, so failing to write it is not an error.
        return written || file == null ? exitCode(all) : ExitCode.NOT_STARTED;
    }

    private static Path standardFile(MirrorRule rule) {
        return Path.of(rule.folder().replace('/', '_')
                + rule.shownDestination().map(name -> "." + name).orElse("")
                + (rule.shard().isWhole() ? "" : "." + rule.shard().toString().replace("/", "-of-"))
                + ".json");
    }

    private boolean isWritten(List<Compared> all, Path file) {
        List<String> same = all.stream()
                .filter(c -> c.state() == State.SAME)
                .map(Compared::image)
                .toList();
        try {
            WholeFile.write(file, ImageList.json(same));
        } catch (IOException e) {
            console.err()
                    .println("gcrsync: cannot write the list of identical images to "
                            + Printable.of(file.toString()) + ": " + Printable.of(DiskErrors.reason(e))
                            + "; use another file with --output");
            return false;
        }
        if (format == Format.table) {
            console.out().printf("images that are the same: %s%n", file);
            console.out().flush();
        }
        return true;
    }

    private static int exitCode(List<Compared> all) {
        boolean differs = all.stream().anyMatch(c -> c.state() != State.SAME && c.state() != State.UNKNOWN);
        boolean unknown = all.stream().anyMatch(c -> c.state() == State.UNKNOWN);
        return differs ? ExitCode.DIFFERENCES : unknown ? ExitCode.NOT_STARTED : ExitCode.DONE;
    }

    private static Map<State, Integer> counts(List<Compared> all) {
        Map<State, Integer> counts = new EnumMap<>(State.class);
        for (State state : State.values()) {
            counts.put(state, 0);
        }
        all.forEach(c -> counts.merge(c.state(), 1, Integer::sum));
        return counts;
    }

    private static void printTable(PrintWriter out, List<Compared> all, OpenMirror each) {
        MirrorRule rule = each.rule();
        out.printf("%s%s and %s%n", rule.prefix(), rule.source(), rule.destination());
        each.mirror().share().ifPresent(share -> out.printf("  %s%n", share.words()));
        counts(all).forEach((state, count) -> {
            if (count > 0 || (state != State.DAMAGED && state != State.INCOMPLETE && state != State.GONE)) {
                out.printf("  %-10s %7d%n", name(state), count);
            }
        });
        List<Compared> notSame =
                all.stream().filter(c -> c.state() != State.SAME).toList();
        notSame.stream().limit(FIRST_DIFFERENCES).forEach(c -> out.printf("    %s%n", line(c)));
        if (notSame.size() > FIRST_DIFFERENCES) {
            out.printf("    and %d more; all of them: --format json%n", notSame.size() - FIRST_DIFFERENCES);
        }
    }

    private static String line(Compared compared) {
        String detail = switch (compared.state()) {
            case SAME, MISSING, EXTRA -> "";
            case GONE -> "listed by the source, but deleted there";
            case DIFFERENT -> "source " + text(compared.source()) + ", destination " + text(compared.destination());
            case DAMAGED, INCOMPLETE, UNKNOWN -> compared.reason().orElse("");
        };
        return "%-10s %s  %s"
                .formatted(name(compared.state()), Printable.of(compared.image()), Printable.of(detail))
                .stripTrailing();
    }

    private static String json(List<Compared> all, OpenMirror each) {
        MirrorRule rule = each.rule();
        Map<String, Integer> counts = new LinkedHashMap<>();
        counts(all).forEach((state, count) -> counts.put(name(state), count));
        Map<String, Object> tree = new LinkedHashMap<>();
        rule.name().ifPresent(name -> tree.put("mirror", name));
        rule.shownDestination().ifPresent(name -> tree.put("destination", name));
        each.mirror().share().ifPresent(share -> tree.put("shard", share.fields()));
        tree.put("counts", counts);
        tree.put("images", all.stream().map(CompareCommand::fields));
        return Json.text(tree);
    }

    private static Map<String, Object> fields(Compared compared) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("image", compared.image());
        fields.put("state", name(compared.state()));
        compared.source().ifPresent(digest -> fields.put("source", digest));
        compared.destination().ifPresent(digest -> fields.put("destination", digest));
        compared.reason().ifPresent(reason -> fields.put("reason", reason));
        return fields;
    }

    private static String name(State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private static String text(Optional<Digest> digest) {
        return digest.map(Digest::value).orElse("");
    }
}
