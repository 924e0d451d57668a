package io.github.gcrsync.cli;

import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.console.ExitCode;
import io.github.gcrsync.cli.console.Logs;
import io.github.gcrsync.cli.execution.EachMirror;
import io.github.gcrsync.cli.flags.CopyFlags;
import io.github.gcrsync.cli.flags.NotStartedException;
import io.github.gcrsync.cli.flags.Options;
import io.github.gcrsync.cli.flags.OutputFlags;
import io.github.gcrsync.cli.flags.ShardFlags;
import io.github.gcrsync.cli.summary.PlanText;
import io.github.gcrsync.cli.wiring.OpenMirror;
import io.github.gcrsync.cli.wiring.Rules;
import io.github.gcrsync.cli.wiring.Wiring;
import io.github.gcrsync.files.DiskErrors;
import io.github.gcrsync.files.WholeFile;
import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.ledger.Recorded;
import io.github.gcrsync.mirror.Mirror;
import io.github.gcrsync.output.FailureLines;
import io.github.gcrsync.output.JsonEvents;
import io.github.gcrsync.output.PlanRecord;
import io.github.gcrsync.plan.Forecast;
import io.github.gcrsync.plan.Plan;
import io.github.gcrsync.plan.Trust;
import io.github.gcrsync.rule.MirrorRule;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Plans a sync without running it. */
@Command(
        name = "test",
        sortOptions = false,
        description =
                "Dry run of sync, with the same flags: shows what would be copied, to where, why and at what cost,"
                        + " and writes the files that would be committed. It needs no token and no credentials.",
        optionListHeading = "%nTest flags:%n",
        parameterListHeading = "%nArguments:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the plan is complete",
            "1:some images could not be planned",
            "2:wrong flags",
            "3:could not plan: no listing or no metadata repository"
        })
final class TestCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(TestCommand.class);

    private final Console console;

    enum Format {
        text,
        json
    }

    @Parameters(
            arity = "0..*",
            paramLabel = "MIRROR",
            description = "Names of mirrors in gcrsync.yaml (default: all of them).")
    List<String> mirrors = new ArrayList<>();

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "Folder for the files that a sync would commit (default: a folder that is printed).")
    @Nullable
    Path output;

    @Option(
            names = "--no-forecast",
            description = "Skip the forecast of bytes and requests, which reads the manifests to copy.")
    boolean noForecast;

    @Option(
            names = "--format",
            paramLabel = "text|json",
            defaultValue = "text",
            description = "Output format (default: ${DEFAULT-VALUE}).")
    Format format = Format.text;

    @Option(
            names = "--verbose",
            description = "Also list excluded images with their rule, and images that would only be recorded.")
    boolean verbose;

    @Option(names = "--force", description = "Plan to copy all selected images again, whatever is recorded.")
    boolean force;

    @Mixin
    private ShardFlags part = new ShardFlags();

    @Mixin(name = "Output, as for sync (test shows no progress and writes no report):")
    private OutputFlags outputFlags = new OutputFlags();

    @Mixin(name = "Sync flags without effect, since test copies nothing:")
    CopyFlags copying = new CopyFlags();

    @Mixin
    private Options options = new Options();

    TestCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        configureOutput();
        try (Wiring wiring = new Wiring(options, Rules.of(options, mirrors, part.shard), console, 0, false)) {
            return EachMirror.run(
                    wiring, each -> run(each, wiring), EachMirror.failures(console, outputFlags.isJson()));
        }
    }

    private int run(OpenMirror each, Wiring wiring) {
        Mirror mirror = each.mirror();
        Plan plan = mirror.preview(force ? Trust.COPY_AGAIN : mirror.trust());
        show(plan, each, wiring);
        return plan.failures().isEmpty() ? ExitCode.DONE : ExitCode.SOME_FAILED;
    }

    private void configureOutput() {
        if (outputFlags.isJson()) {
            Logs.configure(options.general.debug, new JsonEvents(console.err(), console.clock()));
        } else {
            Logs.configure(options.general.debug);
        }
        if (!outputFlags.reports.isEmpty()) {
            LOG.warn("test writes no report; use --format json to print the plan as JSON");
        }
    }

    /** Shows the plan first: the forecast takes time, and writing the files may fail. */
    private void show(Plan plan, OpenMirror each, Wiring wiring) {
        PrintWriter out =
                outputFlags.quiet || format == Format.json ? new PrintWriter(PrintWriter.nullWriter()) : console.out();
        PlanText text = new PlanText(out, verbose);
        if (outputFlags.quiet) {
            plan.failures().forEach(new FailureLines(console.err())::imageFailed);
        }
        MirrorRule rule = each.rule();
        List<Recorded> lost = plan.drift().lost();
        out.printf(
                "%s%s -> %s (a test: nothing is copied, nothing is committed)%n",
                rule.prefix(), rule.source(), rule.destination());
        each.mirror().share().ifPresent(share -> out.println(share.words()));
        text.print(plan, lost, rule.destination());
        Optional<Forecast> forecast =
                noForecast ? Optional.empty() : Optional.of(each.mirror().forecast(plan));
        forecast.ifPresent(text::print);
        Optional<Path> files = Optional.empty();
        try {
            Path folder = folder(rule, wiring);
            write(each.mirror().recorded(plan), folder);
            files = Optional.of(folder);
            out.printf("what a sync would commit: %s%n", folder);
        } finally {
            if (format == Format.json) {
                String destination = rule.destination().toString();
                console.out()
                        .println(new PlanRecord(
                                        rule.name(),
                                        rule.shownDestination(),
                                        rule.source().toString(),
                                        destination,
                                        each.mirror().share(),
                                        plan,
                                        lost,
                                        forecast,
                                        files)
                                .json());
            }
            console.out().flush();
        }
    }

    /** Returns the folder for the files; each mirror of a file and each of several destinations has a folder of its own. */
    private Path folder(MirrorRule rule, Wiring wiring) {
        Path given = output;
        Path folder = given == null
                ? wiring.metadata().testFolder(rule.folder())
                : rule.name().map(given::resolve).orElse(given);
        return rule.shownDestination().map(folder::resolve).orElse(folder);
    }

    private void write(Ledger.Preview preview, Path folder) {
        try {
            Files.createDirectories(folder);
            WholeFile.write(folder.resolve("ImageList"), preview.imageList());
            WholeFile.write(folder.resolve("README.md"), preview.readme());
            WholeFile.write(folder.resolve("ImageDigests"), preview.imageDigests());
            if (preview.seen().length > 0) {
                WholeFile.write(folder.resolve("Seen"), preview.seen());
            } else {
                Files.deleteIfExists(folder.resolve("Seen"));
            }
            if (output == null) {
                // The working copy must not show up as changed.
                WholeFile.write(folder.resolve(".gitignore"), "*\n".getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new NotStartedException(
                    "cannot write the files to " + folder + ": " + DiskErrors.reason(e)
                            + "; use another folder with --output",
                    e);
        }
    }
}
