package io.github.gcrsync.cli;

import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.console.ExitCode;
import io.github.gcrsync.cli.console.Version;
import io.github.gcrsync.cli.execution.RunOutput;
import io.github.gcrsync.cli.execution.StartFailure;
import io.github.gcrsync.cli.flags.Converters;
import io.github.gcrsync.cli.flags.OutputFlags;
import io.github.gcrsync.cli.flags.UsageException;
import io.github.gcrsync.cli.help.HelpGroups;
import io.github.gcrsync.cli.help.HelpText;
import io.github.gcrsync.cli.settings.Configured;
import io.github.gcrsync.cli.settings.ParseError;
import io.github.gcrsync.cli.settings.Settings;
import io.github.gcrsync.output.LineWriter;
import io.github.gcrsync.text.Printable;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/** All commands, and their error handling. */
@Command(
        name = "gcrsync",
        synopsisHeading = "%nUsage: ",
        customSynopsis = {
            "gcrsync [COMMAND] [FLAGS]",
            "       gcrsync [FLAGS]            short for gcrsync sync [FLAGS]"
        },
        description =
                "Mirrors a registry namespace to another registry or a folder, and records every image, its digest"
                        + " and the date in a git repository.",
        optionListHeading = "%nFlags:%n",
        commandListHeading = "%nCommands:%n",
        footer = {
            "",
            "Try it without an account or a network:  gcrsync demo",
            "Show all flags of a command:             gcrsync COMMAND --help"
        })
public final class Commands implements Runnable, Configured {
    /** In the order of the help. */
    private static final List<String> NAMES = List.of(
            "sync",
            "copy",
            "compare",
            "verify",
            "prune",
            "monitor",
            "test",
            "explain",
            "log",
            "export",
            "import",
            "config",
            "server",
            "worker",
            "registry",
            "completion",
            "demo",
            "help");

    @CommandLine.Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    @CommandLine.Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show version, commit and Java.")
    boolean version;

    private @Nullable Settings settings;

    private Commands() {}

    /** Keeps the settings of a run for its command. */
    static void configure(CommandLine program, Settings settings) {
        Commands commands = program.getCommand();
        commands.settings = settings;
    }

    @Override
    public Settings settings() {
        return Objects.requireNonNull(settings);
    }

    /** Returns all commands with their flags, for generating help texts and manual pages. */
    public static CommandLine forHelp() {
        PrintWriter nowhere = new PrintWriter(PrintWriter.nullWriter());
        CommandLine program = all(new Console(nowhere, nowhere, InputStream.nullInputStream(), Map.of()));
        program.getSubcommands().values().forEach(command -> HelpGroups.grouped(command.getCommandSpec()));
        return program;
    }

    private static Object command(String name, Console console) {
        return switch (name) {
            case "sync" -> new SyncCommand(console);
            case "copy" -> new CopyCommand(console);
            case "compare" -> new CompareCommand(console);
            case "verify" -> new VerifyCommand(console);
            case "prune" -> new PruneCommand(console);
            case "monitor" -> new MonitorCommand(console);
            case "test" -> new TestCommand(console);
            case "explain" -> new ExplainCommand(console);
            case "log" -> new LogCommand(console);
            case "export" -> new ExportCommand(console);
            case "import" -> new ImportCommand(console);
            case "config" -> new ConfigCommand(console);
            case OnlineCommand.NAME -> new OnlineCommand(console);
            case "server" -> new ServerCommand(console);
            case "worker" -> new WorkerCommand(console);
            case "registry" -> new RegistryCommand(console);
            case "completion" -> new CompletionCommand(console);
            case "demo" -> new DemoCommand(console);
            case "help" -> new CommandLine.HelpCommand();
            default -> throw new IllegalArgumentException(name);
        };
    }

    /**
     * Builds the command line for these arguments. Parsing the annotations of each command takes most of the start
     * time, so it contains only the command that is called where that is certain.
     */
    static CommandLine forArguments(List<String> arguments, Console console) {
        String first = arguments.isEmpty() ? "" : arguments.getFirst();
        if (NAMES.contains(first) && !first.equals("help")) {
            return of(List.of(first), console);
        }
        boolean flagsOnly = arguments.stream().noneMatch(NAMES::contains) && (first.isEmpty() || first.startsWith("-"));
        return flagsOnly && !Arguments.areForTheProgram(arguments) ? of(List.of("sync"), console) : all(console);
    }

    /** Returns the program with the part of {@code config check} that goes online, which users do not call directly. */
    static CommandLine online(Console console) {
        return of(List.of(OnlineCommand.NAME), console);
    }

    static CommandLine all(Console console) {
        return of(NAMES, console);
    }

    /** Returns the program with this sync only. */
    static CommandLine of(SyncCommand sync, Console console) {
        return of(Map.of("sync", sync), console);
    }

    static CommandLine of(PruneCommand prune, Console console) {
        return of(Map.of("prune", prune), console);
    }

    static CommandLine of(List<String> names, Console console) {
        Map<String, Object> commands = new LinkedHashMap<>();
        names.forEach(name -> commands.put(name, command(name, console)));
        return of(commands, console);
    }

    private static CommandLine of(Map<String, ?> commands, Console console) {
        CommandLine commandLine = new CommandLine(new Commands());
        commandLine.getCommandSpec().versionProvider(() -> new String[] {Version.line()});
        commands.forEach((name, command) -> commandLine.addSubcommand(
                name,
                // config reads the flags of all commands itself.
                new CommandLine(command).setUnmatchedOptionsArePositionalParams(name.equals("config"))));
        Converters.register(commandLine, console.environment());
        // Flags are listed below in groups, so the synopsis omits them.
        commandLine.getSubcommands().forEach((name, command) -> {
            String parameters = command.getCommandSpec().positionalParameters().stream()
                    .map(parameter ->
                            parameter.required() ? " " + parameter.paramLabel() : " [" + parameter.paramLabel() + "]")
                    .collect(Collectors.joining());
            command.getCommandSpec().usageMessage().customSynopsis("gcrsync " + name + " [FLAGS]" + parameters);
        });
        // The parser itself prints only help.
        int columns = HelpText.columns(console.environment());
        commandLine.setOut(new PrintWriter(
                new LineWriter(line -> console.out().println(HelpText.wrapped(line, columns))), true));
        commandLine.setErr(console.err());
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setHelpFactory(HelpGroups::help);
        commandLine.setUsageHelpWidth(HelpText.UNLIMITED);
        commandLine.setUsageHelpLongOptionsMaxWidth(34);
        commandLine.setExecutionExceptionHandler((e, command, parsed) -> end(e, command, errors(command, console)));
        return commandLine;
    }

    /** Only reached for help: without a command, sync runs. */
    @Override
    public void run() {}

    static int usageError(ParameterException e, Settings settings) {
        PrintWriter err = e.getCommandLine().getErr();
        ParseError error = ParseError.of(e, settings);
        err.println("gcrsync: " + Printable.shortened(error.words()));
        if (!error.meant().isEmpty()) {
            err.println("Did you mean: " + String.join(" or ", error.meant()) + "?");
        }
        err.println(seeHelp(e.getCommandLine()));
        return ExitCode.USAGE;
    }

    /** Returns where to print errors of a command, in the requested format. */
    private static PrintWriter errors(CommandLine command, Console console) {
        return OutputFlags.isJson(command.getParseResult()) ? RunOutput.errorEvents(console) : command.getErr();
    }

    private static int end(Exception e, CommandLine command, PrintWriter err) {
        if (!(e instanceof UsageException)) {
            return ended(err, StartFailure.words(e), ExitCode.NOT_STARTED);
        }
        int exitCode = ended(err, e.getMessage(), ExitCode.USAGE);
        err.println(seeHelp(command));
        return exitCode;
    }

    private static String seeHelp(CommandLine command) {
        return "Try '" + command.getCommandSpec().qualifiedName() + " --help'.";
    }

    /** Reports an internal error on one line. */
    static int unexpected(Throwable thrown, PrintWriter err) {
        return ended(err, StartFailure.internal(thrown), ExitCode.NOT_STARTED);
    }

    private static int ended(PrintWriter err, @Nullable String message, int exitCode) {
        err.println("gcrsync: " + Printable.of(String.valueOf(message)));
        return exitCode;
    }
}
