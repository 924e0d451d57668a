package io.github.gcrsync.cli;

import io.github.gcrsync.check.ImageContents;
import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.console.ExitCode;
import io.github.gcrsync.cli.flags.MirrorFile;
import io.github.gcrsync.cli.flags.Options;
import io.github.gcrsync.cli.flags.UsageException;
import io.github.gcrsync.cli.settings.GivenFlags;
import io.github.gcrsync.cli.settings.ParseError;
import io.github.gcrsync.cli.settings.Settings;
import io.github.gcrsync.cli.wiring.Folders;
import io.github.gcrsync.cli.wiring.Metadata;
import io.github.gcrsync.cli.wiring.Rules;
import io.github.gcrsync.cli.wiring.Wiring;
import io.github.gcrsync.config.MirrorDefinition;
import io.github.gcrsync.content.Location;
import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.ledger.ImageKey;
import io.github.gcrsync.ledger.Recorded;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.output.BatchRecord;
import io.github.gcrsync.output.LineWriter;
import io.github.gcrsync.plan.Refs;
import io.github.gcrsync.rule.DestinationNames;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.run.Dispatch;
import io.github.gcrsync.server.CatalogImage;
import io.github.gcrsync.server.InvalidFileException;
import io.github.gcrsync.server.Mirrors;
import io.github.gcrsync.server.ServedMirror;
import io.github.gcrsync.state.VerifyResult;
import io.github.gcrsync.state.WaitingImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The mirrors of a server: those of its file. Each run is {@code sync NAME} with the flags of the server. */
final class ServerMirrors implements Mirrors {
    private final Path file;
    private final List<String> flags;
    private final List<String> off;
    private final List<String> pruneFlags;
    private final Console console;
    private final Function<String, Optional<Dispatch>> dispatches;

    /**
     * @param command as parsed
     * @param settings of the command
     * @param dispatches by name of a mirror: copies its images; empty: this process does
     */
    ServerMirrors(
            Path file,
            CommandSpec command,
            Settings settings,
            Console console,
            Function<String, Optional<Dispatch>> dispatches) {
        GivenFlags given = new GivenFlags(command, specification("sync", console), settings);
        GivenFlags ofPrune = new GivenFlags(command, specification("prune", console), settings);
        this.file = file;
        this.flags = given.given();
        this.off = given.off();
        this.pruneFlags = new ArrayList<>(ofPrune.given());
        pruneFlags.addAll(ofPrune.off());
        this.console = console;
        this.dispatches = dispatches;
    }

    private static CommandSpec specification(String command, Console console) {
        CommandLine program = Commands.of(List.of(command), console);
        return Objects.requireNonNull(program.getSubcommands().get(command)).getCommandSpec();
    }

    /**
     * Returns the flags of sync for a mirror.
     *
     * @throws IllegalArgumentException if the file is invalid or has no such mirror
     */
    Options options(String mirror) {
        try {
            OfFile now = file();
            if (!now.contains(mirror)) {
                throw new IllegalArgumentException(file + " has no mirror " + mirror);
            }
            return now.options(mirror);
        } catch (InvalidFileException e) {
            throw new IllegalArgumentException(String.join("; ", e.errors()), e);
        }
    }

    private record Version(Object time, long bytes) {}

    @Override
    public Object version() {
        try {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            return new Version(now.lastModifiedTime(), now.size());
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private List<String> words(List<String> more) {
        List<String> words = new ArrayList<>(List.of("sync", "--config=" + file, "--log-format=json"));
        words.addAll(flags);
        words.addAll(more);
        return words;
    }

    @Override
    public Snapshot read() throws InvalidFileException {
        return file();
    }

    private OfFile file() throws InvalidFileException {
        List<String> words = words(List.of());
        SyncCommand sync = new SyncCommand(console);
        CommandLine program = Commands.of(sync, console);
        Settings settings = Settings.forRun(words, program, () -> Commands.all(console), console.environment());
        if (!settings.errors().isEmpty()) {
            throw new InvalidFileException(settings.errors());
        }
        if (settings.mirrors().isEmpty()) {
            throw new InvalidFileException(List.of(file + " has no mirrors; add the key 'mirrors'"));
        }
        Commands.configure(program, settings);
        try {
            program.parseArgs(settings.addedTo(words, words).toArray(String[]::new));
            List<MirrorDefinition> mirrors = MirrorFile.chosen(sync.options(), List.of());
            check(mirrors);
            return new OfFile(mirrors, sync.rules(), settings);
        } catch (ParameterException e) {
            throw new InvalidFileException(List.of(ParseError.of(e, settings).words()));
        } catch (UsageException e) {
            throw new InvalidFileException(List.of(String.valueOf(e.getMessage())));
        }
    }

    private static void check(List<MirrorDefinition> mirrors) throws InvalidFileException {
        List<String> errors = ServedMirror.scheduleErrors(mirrors);
        if (!errors.isEmpty()) {
            throw new InvalidFileException(errors);
        }
    }

    /** Errors of the command line are no events. */
    private static void passOn(String line, Consumer<String> events) {
        if (line.startsWith("{")) {
            events.accept(line);
        }
    }

    private final class OfFile implements Snapshot {
        private final List<ServedMirror> mirrors;
        private final Set<String> pruned;
        private final Map<String, List<MirrorRule>> rules;
        private final Settings settings;

        private OfFile(List<MirrorDefinition> mirrors, List<MirrorRule> rules, Settings settings) {
            this.mirrors = mirrors.stream().map(ServedMirror::of).toList();
            this.pruned = mirrors.stream()
                    .filter(mirror -> mirror.prune().apply())
                    .map(MirrorDefinition::name)
                    .collect(Collectors.toSet());
            this.rules = rules.stream()
                    .collect(Collectors.groupingBy(rule -> rule.name().orElse("")));
            this.settings = settings;
        }

        @Override
        public List<ServedMirror> mirrors() {
            return mirrors;
        }

        @Override
        public Optional<WaitingImage> oldestWaiting(String mirror) {
            return rules.getOrDefault(mirror, List.of()).stream()
                    .flatMap(rule -> Folders.waiting(rule, console.environment()).oldest().stream())
                    .min(WaitingImage.OLDEST_FIRST);
        }

        @Override
        public List<VerifyResult> verified(String mirror) {
            return rules.getOrDefault(mirror, List.of()).stream()
                    .flatMap(rule -> Folders.verified(rule, console.environment()).read().stream()
                            .map(result ->
                                    rule.shownDestination().map(result::at).orElse(result)))
                    .toList();
        }

        @Override
        public List<CatalogImage> catalog(String mirror) {
            Options options = options(mirror);
            List<CatalogImage> images = new ArrayList<>();
            try (Metadata metadata = new Metadata(options, console)) {
                List<MirrorRule> rules = Rules.of(options, List.of(mirror));
                for (int i = 0; i < rules.size(); i++) {
                    MirrorRule rule = rules.get(i);
                    int destination = i;
                    metadata.ledgerToRead(rule, i == 0)
                            .recorded()
                            .forEach(image -> images.add(image(image, rule, destination)));
                }
            }
            return images;
        }

        @Override
        public ImageContents contents(CatalogImage image) {
            Options options = options(image.mirror());
            List<MirrorRule> rules = Rules.of(options, List.of(image.mirror()));
            try (Wiring wiring = new Wiring(options, rules, console, 0, false)) {
                MirrorRule rule = rules.get(image.destination());
                return ImageContents.read(
                        wiring.open(rule).destination().repository(image.repository()),
                        new Digest(image.digest()),
                        rule.platforms());
            }
        }

        /** Returns the flags of a run of the mirror. */
        private Options options(String mirror) {
            SyncCommand sync = new SyncCommand(console);
            CommandLine program = Commands.of(sync, console);
            Commands.configure(program, settings);
            List<String> words = words(List.of(mirror));
            program.parseArgs(settings.addedTo(words, words).toArray(String[]::new));
            return sync.options();
        }

        private static CatalogImage image(Recorded image, MirrorRule rule, int destination) {
            DestinationNames.Target to = rule.names().of(image.name(), image.reference());
            return new CatalogImage(
                    rule.name().orElse(""),
                    image.image(),
                    destination,
                    to.repository(),
                    rule.names().address(to.repository()) + (ImageKey.isDigest(to.tag()) ? "@" : ":") + to.tag(),
                    image.stored().value(),
                    image.firstMirrored(),
                    image.lastMoved(),
                    Refs.recorded(image.attributes()).stream()
                            .mapToInt(Refs::count)
                            .findFirst(),
                    rule.destination() instanceof Location.Registry);
        }

        @Override
        public Outcome run(String mirror, StopSignal stop, Consumer<String> events) {
            AtomicReference<Optional<BatchRecord>> result = new AtomicReference<>(Optional.empty());
            try (PrintWriter err = new PrintWriter(new LineWriter(line -> passOn(line, events)), true);
                    PrintWriter out = new PrintWriter(PrintWriter.nullWriter())) {
                Console quiet = new Console(
                        out,
                        err,
                        InputStream.nullInputStream(),
                        console.environment(),
                        console.clock(),
                        console.patience(),
                        false);
                SyncCommand sync = new SyncCommand(
                        quiet,
                        Optional.of(new SyncCommand.Host(
                                stop, batch -> result.set(Optional.of(batch)), dispatches.apply(mirror))));
                List<String> words = words(List.of(mirror));
                List<String> written = new ArrayList<>(words);
                written.addAll(off);
                // All events are needed, even if the file sets this flag.
                written.add("--quiet=false");
                int exitCode = Main.execute(words, written, settings, Commands.of(sync, quiet));
                boolean prunes = exitCode == ExitCode.DONE && !stop.isGiven() && pruned.contains(mirror);
                return new Outcome(prunes ? prune(mirror, stop, quiet) : exitCode, result.get());
            }
        }

        /** What failed or is missing may just look as if it were gone, so only a complete run is followed by this. */
        private int prune(String mirror, StopSignal stop, Console quiet) {
            List<String> words = new ArrayList<>(
                    List.of("prune", "--config=" + file, "--log-format=json", "--quiet", "--apply", mirror));
            words.addAll(pruneFlags);
            return Main.execute(words, Commands.of(new PruneCommand(quiet, Optional.of(stop)), quiet), quiet);
        }
    }
}
