package io.github.gcrsync.cli;

import io.github.gcrsync.bundle.Bundle;
import io.github.gcrsync.bundle.Contents;
import io.github.gcrsync.bundle.Progress;
import io.github.gcrsync.bundle.Receipt;
import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.console.ExitCode;
import io.github.gcrsync.cli.console.Terminals;
import io.github.gcrsync.cli.execution.EachMirror;
import io.github.gcrsync.cli.execution.Interruption;
import io.github.gcrsync.cli.execution.MirrorSync;
import io.github.gcrsync.cli.execution.RunOutput;
import io.github.gcrsync.cli.flags.AccessFlags;
import io.github.gcrsync.cli.flags.CopyFlags;
import io.github.gcrsync.cli.flags.LimitOptions;
import io.github.gcrsync.cli.flags.NotStartedException;
import io.github.gcrsync.cli.flags.Options;
import io.github.gcrsync.cli.flags.OutputFlags;
import io.github.gcrsync.cli.flags.UsageException;
import io.github.gcrsync.cli.settings.ConfigFlags;
import io.github.gcrsync.cli.wiring.BundleRule;
import io.github.gcrsync.cli.wiring.OpenMirror;
import io.github.gcrsync.cli.wiring.Wiring;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.files.DiskErrors;
import io.github.gcrsync.files.WholeFile;
import io.github.gcrsync.ledger.ImageKey;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.output.Advice;
import io.github.gcrsync.output.ByteProgress;
import io.github.gcrsync.rule.DestinationNames;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.text.Printable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Loads a file of {@code gcrsync export}: a sync whose source is the file. */
@Command(
        name = "import",
        sortOptions = false,
        description =
                "Loads a file of gcrsync export: checks every byte of it, copies what the destination lacks, and records it in the metadata repository.",
        optionListHeading = "%nImport flags:%n",
        parameterListHeading = "%nArguments:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the destination has all images",
            "1:the file is damaged or incomplete, some images failed, or an earlier delivery is missing; copied images are recorded",
            "2:wrong flags",
            "3:could not start, or the destination is unreachable or full"
        })
final class ImportCommand implements Callable<Integer> {
    private static final int FIRST_MISSING = 20;

    private final Console console;

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE.tar...",
            hideParamSyntax = true,
            description = "The file, or all parts of it in any order.")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = "--receipt",
            paramLabel = "FILE",
            description = "Write to this file which images the destination has now, for --since of the next export.")
    private @Nullable Path receipt;

    @Mixin
    private CopyFlags copying = new CopyFlags();

    @Mixin(name = "Destination:")
    private Options.Target target = new Options.Target();

    @Option(
            names = "--create-repository",
            description = "Create missing repositories in Amazon ECR when pushing (AWS_ACCESS_KEY_ID, ...).")
    private boolean createRepository;

    @Mixin(name = "Output:")
    private OutputFlags outputFlags = new OutputFlags();

    @Mixin(name = "Metadata repository:")
    private Options.Metadata metadata = new Options.Metadata();

    @Mixin(name = "Connections:")
    private Options.Network network = new Options.Network();

    @Mixin(name = "Credentials and certificates:")
    private AccessFlags access = new AccessFlags();

    @Mixin(name = "Limits:")
    private LimitOptions limits = new LimitOptions();

    @Mixin(name = "Configuration:")
    ConfigFlags configuration = new ConfigFlags();

    @Mixin(name = "Other:")
    private Options.General general = new Options.General();

    ImportCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        StopSignal stop = new StopSignal();
        try (RunOutput output = new RunOutput(outputFlags, console, stop, Optional.empty())) {
            output.configureLogs(general.debug);
            requireFolderOfReceipt();
            BundleRule.checkDestinations(target);
            Bundle.Parts parts;
            Options options = options();
            List<MirrorRule> rules;
            try {
                parts = checked();
                rules = BundleRule.of(files.getFirst(), parts.contents(), options);
            } catch (ContentException e) {
                output.messages().println("gcrsync: " + Printable.of(Advice.withRemedy(e)));
                return e instanceof ContentException.Unreachable ? ExitCode.NOT_STARTED : ExitCode.SOME_FAILED;
            }
            try (var _ = Interruption.install(stop, output)) {
                return load(parts, options, rules, stop, output);
            }
        }
    }

    private void requireFolderOfReceipt() {
        Path file = receipt;
        Path folder = file == null ? null : file.toAbsolutePath().getParent();
        if (file != null && (folder == null || !Files.isDirectory(folder) || Files.isDirectory(file))) {
            throw new NotStartedException("cannot write the receipt " + file + ": "
                    + (Files.isDirectory(file)
                            ? "it is a folder"
                            : "its folder does not exist; create it or use another file"));
        }
    }

    private Bundle.Parts checked() {
        if (outputFlags.quiet || outputFlags.isJson()) {
            return Bundle.check(files, Progress.SILENT);
        }
        boolean isTerminal = !outputFlags.noProgress && Terminals.canShowBars(console);
        try (ByteProgress progress = new ByteProgress("reading manifests", "checking", console.err(), isTerminal)) {
            return Bundle.check(files, progress);
        }
    }

    private int load(Bundle.Parts parts, Options options, List<MirrorRule> rules, StopSignal stop, RunOutput output) {
        Contents contents = parts.contents();
        Bundle bundle = parts.store(rules.getFirst().source()::full);
        try (Wiring wiring = new Wiring(options, rules, console, copying.processLimit, false)) {
            stop.whenAbandoned(wiring::disconnect);
            output.uses(wiring);
            wiring.read(rules.getFirst().source(), bundle);
            MirrorSync sync = new MirrorSync(new MirrorSync.Settings(
                    copying, false, general.debug, console.patience().slowDestination(), Optional.empty()));
            int exitCode = EachMirror.runTogether(
                    wiring,
                    each -> {
                        each.forEach(mirror -> tellWhereBlobsAre(mirror, bundle));
                        return sync.run(each, wiring, stop, output);
                    },
                    output::notStarted);
            int ended = stop.isGiven() ? exitCode : finished(exitCode, contents, wiring, output);
            return output.ended(ended, wiring);
        } catch (UsageException e) {
            throw e;
        } catch (RuntimeException e) {
            output.notStarted(rules, e);
            throw e;
        }
    }

    private Options options() {
        Options options = new Options();
        options.target = target;
        options.naming.createRepository = createRepository;
        options.metadata = metadata;
        options.network = network;
        options.access = access;
        options.limits = limits;
        options.general = general;
        return options;
    }

    /** A bundle lacks blobs that an earlier one has brought, maybe to another repository. */
    private static void tellWhereBlobsAre(OpenMirror mirror, Bundle bundle) {
        DestinationNames names = mirror.rule().names();
        bundle.readElsewhere(mirror.destination(), name -> names.of(name, "any").repository());
        bundle.contents().assumed().forEach(blob -> {
            RepositoryName place = names.of(blob.repository(), "any").repository();
            mirror.destination().repository(place).noteBlob(new Descriptor("", blob.blob(), blob.size()), place);
        });
    }

    private int finished(int exitCode, Contents contents, Wiring wiring, RunOutput output) {
        List<Contents.Image> here = here(wiring);
        Map<ImageKey, Contents.Image> byKey = new HashMap<>();
        here.forEach(image -> byKey.put(image.key(), image));
        List<Contents.Image> missing = contents.images().stream()
                .filter(image -> !image.isIncluded())
                .filter(image -> Optional.ofNullable(byKey.get(image.key()))
                        .filter(known -> known.digest().equals(image.digest()))
                        .isEmpty())
                .toList();
        if (!missing.isEmpty()) {
            output.messages()
                    .println(
                            "gcrsync: images of earlier deliveries are missing here; import the delivery before this one"
                                    + contents.since()
                                            .map(commit -> " (of commit "
                                                    + Printable.of(commit.substring(0, Math.min(12, commit.length())))
                                                    + ")")
                                            .orElse("")
                                    + ", or export again with --since and the receipt of this import");
            missing.stream()
                    .limit(FIRST_MISSING)
                    .forEach(image -> output.messages().println("  missing  " + image.key() + "  " + image.digest()));
            if (missing.size() > FIRST_MISSING) {
                output.messages().println("  and " + (missing.size() - FIRST_MISSING) + " more");
            }
        }
        boolean isWritten = isReceiptWritten(new Receipt(contents.mirror(), contents.commit(), here), output);
        return exitCode == ExitCode.DONE && (!missing.isEmpty() || !isWritten) ? ExitCode.SOME_FAILED : exitCode;
    }

    /** What all destinations have. */
    private static List<Contents.Image> here(Wiring wiring) {
        List<Contents.Image> all = new ArrayList<>();
        for (MirrorRule rule : wiring.rules()) {
            List<Contents.Image> images = ExportCommand.images(
                    wiring.metadata().ledgerToRead(rule, true).recorded());
            if (rule.equals(wiring.rules().getFirst())) {
                all.addAll(images);
            } else {
                all.retainAll(new HashSet<>(images));
            }
        }
        return all;
    }

    private boolean isReceiptWritten(Receipt content, RunOutput output) {
        Path file = receipt;
        if (file == null) {
            return true;
        }
        try {
            WholeFile.write(file, content.json());
            return true;
        } catch (IOException e) {
            output.messages()
                    .println("gcrsync: cannot write the receipt " + Printable.of(file.toString()) + ": "
                            + Printable.of(DiskErrors.reason(e)));
            return false;
        }
    }
}
