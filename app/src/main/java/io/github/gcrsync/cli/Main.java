package io.github.gcrsync.cli;

import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.console.ExitCode;
import io.github.gcrsync.cli.console.Patience;
import io.github.gcrsync.cli.console.StandardOutput;
import io.github.gcrsync.cli.console.Version;
import io.github.gcrsync.cli.help.HelpFiles;
import io.github.gcrsync.cli.settings.Settings;
import io.github.gcrsync.text.Printable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.security.Security;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine;

/** The entry point. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) throws IOException {
        StandardOutput standardOutput = new StandardOutput();
        PrintWriter out = new PrintWriter(standardOutput, true, StandardCharsets.UTF_8);
        boolean isAnswered = isAnswered(arguments, out);
        int outcome = isAnswered ? ExitCode.DONE : run(arguments, out, Patience.USUAL);
        out.flush();
        int exitCode = standardOutput.exitCode(outcome, System.err);
        // System.exit searches all jars for loggers, which takes longer than a quick answer.
        if (!isAnswered || exitCode != ExitCode.DONE) {
            System.exit(exitCode);
        }
    }

    /** Answers the version and help without loading the command line parser; returns whether it did. */
    private static boolean isAnswered(String[] arguments, PrintWriter out) throws IOException {
        if (arguments.length == 1 && (arguments[0].equals("--version") || arguments[0].equals("-V"))) {
            out.println(Version.line());
            return true;
        }
        Optional<String> help = HelpFiles.forArguments(arguments, System.getenv());
        help.ifPresent(out::print);
        return help.isPresent();
    }

    /** Runs the program on the process's own streams. */
    static int run(String[] arguments, PrintWriter out, Patience patience) {
        // Java would cache failed name lookups for ten seconds, longer than the time until a retry.
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
        Console console = new Console(
                out,
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                System.in,
                System.getenv(),
                Clock.systemUTC(),
                patience,
                true);
        return run(List.of(arguments), console);
    }

    /** Runs the program on the given console. */
    static int run(List<String> arguments, Console console) {
        try {
            return execute(arguments, console);
        } catch (RuntimeException | Error e) {
            return Commands.unexpected(e, console.err());
        }
    }

    private static int execute(List<String> arguments, Console console) {
        return execute(arguments, Commands.forArguments(arguments, console), console);
    }

    static int execute(List<String> arguments, CommandLine commandLine, Console console) {
        Arguments.Ordered ordered = Arguments.commandFirst(arguments, commandLine);
        Settings settings =
                Settings.forRun(ordered.words(), commandLine, () -> Commands.all(console), console.environment());
        Stream.concat(ordered.warnings().stream(), settings.warnings().stream())
                .forEach(words -> console.err().println("gcrsync: " + Printable.shortened(words)));
        if (!settings.errors().isEmpty()) {
            settings.errors().forEach(words -> console.err().println("gcrsync: " + Printable.shortened(words)));
            return ExitCode.USAGE;
        }
        return execute(ordered.words(), arguments, settings, commandLine);
    }

    /**
     * Runs a command with settings that are valid.
     *
     * @param ordered the command, then its flags
     * @param arguments as typed
     */
    static int execute(List<String> ordered, List<String> arguments, Settings settings, CommandLine commandLine) {
        Commands.configure(commandLine, settings);
        commandLine.setParameterExceptionHandler((e, words) -> Commands.usageError(e, settings));
        return commandLine.execute(settings.addedTo(ordered, arguments).toArray(String[]::new));
    }
}
