package io.github.gcrsync.cli;

import io.github.gcrsync.bundle.Base;
import io.github.gcrsync.bundle.Contents;
import io.github.gcrsync.bundle.Export;
import io.github.gcrsync.bundle.Progress;
import io.github.gcrsync.bundle.Receipt;
import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.console.ExitCode;
import io.github.gcrsync.cli.console.Logs;
import io.github.gcrsync.cli.console.Terminals;
import io.github.gcrsync.cli.execution.Interruption;
import io.github.gcrsync.cli.flags.LimitOptions;
import io.github.gcrsync.cli.flags.NotStartedException;
import io.github.gcrsync.cli.flags.Options;
import io.github.gcrsync.cli.flags.UsageException;
import io.github.gcrsync.cli.wiring.Rules;
import io.github.gcrsync.cli.wiring.Wiring;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.copy.StoppedException;
import io.github.gcrsync.files.DiskErrors;
import io.github.gcrsync.git.MetadataRepository;
import io.github.gcrsync.ledger.ImageKey;
import io.github.gcrsync.ledger.Recorded;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.output.Advice;
import io.github.gcrsync.output.ByteProgress;
import io.github.gcrsync.plan.Refs;
import io.github.gcrsync.rule.DestinationNames;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.text.Printable;
import io.github.gcrsync.text.Sizes;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a mirror, or what is new in it, into a file for another site. */
@Command(
        name = "export",
        sortOptions = false,
        description =
                "Writes what the destination of a mirror holds, as its ledger records it, into a file for a site without a network. With --since, only what is new. gcrsync import loads the file.",
        optionListHeading = "%nExport flags:%n",
        parameterListHeading = "%nArguments:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the file has all images, or nothing is new",
            "1:some images are damaged or incomplete at the destination and were skipped; the file has the others",
            "2:wrong flags",
            "3:could not start, the destination is unreachable, or the file cannot be written"
        })
final class ExportCommand implements Callable<Integer> {
    private static final int LONGEST_RECEIPT = 256 << 20;

    private final Console console;

    @Parameters(
            index = "0",
            paramLabel = "FILE.tar",
            description = "File to write. It replaces an existing one once it is complete.")
    private @Nullable Path file;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "MIRROR",
            description = "Name of the mirror in gcrsync.yaml. Required if the file has several.")
    private @Nullable String mirror;

    @Option(
            names = "--since",
            paramLabel = "COMMIT|RECEIPT",
            description =
                    "Export only what is new since this commit of the metadata repository, or since the import that wrote this receipt.")
    private @Nullable String since;

    @Option(
            names = "--max-size",
            paramLabel = "SIZE",
            description =
                    "Split the export into parts of at most this size, such as 4GiB: FILE.1-of-3.tar, FILE.2-of-3.tar, ...",
            converter = LimitOptions.Size.class)
    private @Nullable Long maxSize;

    @Option(names = "--quiet", description = "Print only failures; check the exit code for the result.")
    private boolean quiet;

    @Mixin
    private Options options = new Options();

    ExportCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Logs.configure(options.general.debug);
        MirrorRule rule = rule();
        StopSignal stop = new StopSignal();
        try (Wiring wiring = new Wiring(options, List.of(rule), console, 0, false);
                var _ = Interruption.install(stop, wiring::disconnect, console.err())) {
            return export(rule, wiring, stop);
        } catch (StoppedException e) {
            return ExitCode.NOT_STARTED;
        } catch (ContentException e) {
            if (stop.isGiven()) {
                return ExitCode.NOT_STARTED;
            }
            throw e;
        }
    }

    private MirrorRule rule() {
        List<MirrorRule> rules = Rules.of(options, mirror == null ? List.of() : List.of(mirror));
        MirrorRule first = rules.getFirst();
        if (!rules.stream().allMatch(first::isOfSameMirror)) {
            throw new UsageException(
                    "the configuration has several mirrors; name one of them: gcrsync export " + file + " MIRROR");
        }
        return first;
    }

    private int export(MirrorRule rule, Wiring wiring, StopSignal stop) {
        Path target = Objects.requireNonNull(file);
        Path folder = target.toAbsolutePath().getParent();
        if (Files.isDirectory(target) || folder == null || !Files.isDirectory(folder)) {
            throw new NotStartedException("cannot write " + target + ": "
                    + (Files.isDirectory(target)
                            ? "it is a folder"
                            : "its folder does not exist; create it or use another file"));
        }
        // Before the images: what a run records meanwhile is then new since that commit.
        Optional<String> commit = wiring.metadata().head();
        List<Contents.Image> images =
                images(wiring.metadata().ledgerToRead(rule, true).recorded());
        if (images.isEmpty()) {
            throw new NotStartedException(
                    "the metadata repository " + wiring.metadata().shown()
                            + " records no image of " + rule.folder() + " at " + rule.destination()
                            + "; run gcrsync sync first, or check --metadata and --destination");
        }
        Export.Settings settings = new Export.Settings(
                rule.folder(),
                rule.source().toString(),
                commit,
                images,
                Optional.ofNullable(since).map(given -> base(given, rule, wiring)),
                maxSize == null ? OptionalLong.empty() : OptionalLong.of(maxSize),
                options.source.queryLimit,
                stop);
        try {
            Export.Result result = write(rule, wiring.open(rule).stored(), settings, target);
            print(result, settings);
            return result.failures().isEmpty() ? ExitCode.DONE : ExitCode.SOME_FAILED;
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new NotStartedException("cannot write " + target + ": " + DiskErrors.reason(e));
        }
    }

    private Export.Result write(MirrorRule rule, Store store, Export.Settings settings, Path target)
            throws IOException {
        DestinationNames names = rule.names();
        Function<ImageKey, RepositoryName> places =
                image -> names.of(image.name(), image.reference()).repository();
        if (quiet) {
            return new Export(store, places, settings, Progress.SILENT).to(target);
        }
        try (ByteProgress progress =
                new ByteProgress("reading manifests", "writing", console.err(), Terminals.canShowBars(console))) {
            return new Export(store, places, settings, progress).to(target);
        }
    }

    static List<Contents.Image> images(Stream<Recorded> rows) {
        return rows.map(row -> new Contents.Image(
                        new ImageKey(
                                row.name(),
                                ImageKey.isDigest(row.reference())
                                        ? row.stored().value()
                                        : row.reference()),
                        row.stored(),
                        Refs.recorded(row.attributes()).map(Refs::mirrored).orElse(""),
                        true))
                .sorted(Comparator.comparing(image -> image.key().toString()))
                .toList();
    }

    private Base base(String given, MirrorRule rule, Wiring wiring) {
        Path receipt = Path.of(given);
        if (Files.isRegularFile(receipt)) {
            return receipt(receipt, rule).base();
        }
        MetadataRepository.Earlier earlier = wiring.metadata()
                .at(given, rule)
                .orElseThrow(() -> new UsageException("--since " + given + " is neither a commit in "
                        + wiring.metadata().shown() + " nor a file"));
        return new Base(Optional.of(earlier.commit()), images(earlier.images().stream()));
    }

    private static Receipt receipt(Path file, MirrorRule rule) {
        try {
            if (Files.size(file) > LONGEST_RECEIPT) {
                throw new UsageException("--since " + file + " is too large for a receipt");
            }
            Receipt receipt = Receipt.of(Files.readAllBytes(file));
            if (!receipt.mirror().equals(rule.folder())) {
                throw new UsageException("--since " + file + " is a receipt for the mirror "
                        + Printable.shortened(receipt.mirror()) + ", not for " + rule.folder());
            }
            return receipt;
        } catch (ContentException e) {
            throw new UsageException("--since " + file + ": " + e.getMessage());
        } catch (IOException e) {
            throw new NotStartedException("cannot read " + file + ": " + DiskErrors.reason(e));
        }
    }

    private void print(Export.Result result, Export.Settings settings) {
        result.failures()
                .forEach((what, reason) ->
                        console.err().println("skipped  " + Printable.of(what + ": " + Advice.withRemedy(reason))));
        if (quiet) {
            return;
        }
        PrintWriter out = console.out();
        out.printf("exported     %7d%n", result.included());
        if (settings.base().isPresent()) {
            out.printf("unchanged    %7d  since %s%n", result.unchanged(), since);
        }
        if (!result.failures().isEmpty()) {
            out.printf(
                    "skipped      %7d  damaged or incomplete at the destination; see above%n",
                    result.failures().size());
        }
        result.files()
                .forEach(each ->
                        out.printf("%s  %s  sha256:%s%n", each.file(), Sizes.bytes(each.size()), each.sha256()));
        settings.commit()
                .filter(_ -> result.failures().isEmpty())
                .ifPresent(commit -> out.println(
                        "next export: --since " + commit.substring(0, 12) + ", or the receipt of the import"));
        out.flush();
    }
}
