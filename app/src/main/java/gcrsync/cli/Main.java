package gcrsync.cli;

import gcrsync.oci.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.security.Security;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** Where the program starts. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) throws IOException {
        StandardOutput standardOutput = new StandardOutput();
        PrintWriter out = new PrintWriter(standardOutput, true, StandardCharsets.UTF_8);
        int exitCode = run(arguments, out);
        out.flush();
        System.exit(standardOutput.exitCode(exitCode, System.err));
    }

    private static int run(String[] arguments, PrintWriter out) throws IOException {
        // Answers that are there already: no command line parser is loaded for them.
        if (arguments.length == 1 && (arguments[0].equals("--version") || arguments[0].equals("-V"))) {
            out.println(Version.line());
            return ExitCode.DONE;
        }
        Optional<String> help = HelpFiles.answering(arguments);
        if (help.isPresent()) {
            out.print(help.get());
            return ExitCode.DONE;
        }
        // Java would remember for ten seconds that a name was not found, longer than it is asked for again.
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
        Console console = new Console(
                out,
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                System.in,
                System.getenv(),
                Clock.systemUTC(),
                true);
        return run(List.of(arguments), console);
    }

    /**
     * What a command talks to, and the clock whose times it records.
     *
     * @param isProcess whether these are the process's own streams, which may lead to a terminal
     */
    record Console(
            PrintWriter out,
            PrintWriter err,
            InputStream in,
            Map<String, String> environment,
            Clock clock,
            boolean isProcess) {
        /** What a flag says, else a variable; empty text counts as not given. */
        Optional<String> given(@Nullable String flag, String variable) {
            return Optional.ofNullable(flag)
                    .or(() -> Optional.ofNullable(environment.get(variable)))
                    .filter(value -> !value.isEmpty());
        }

        Console(PrintWriter out, PrintWriter err, InputStream in, Map<String, String> environment, Clock clock) {
            this(out, err, in, environment, clock, false);
        }

        Console(PrintWriter out, PrintWriter err, InputStream in, Map<String, String> environment) {
            this(out, err, in, environment, Clock.systemUTC());
        }
    }

    /** All commands and their flags, from which the build writes help texts and manual pages. */
    public static CommandLine commands() {
        PrintWriter nowhere = new PrintWriter(PrintWriter.nullWriter());
        return Commands.all(new Console(nowhere, nowhere, InputStream.nullInputStream(), Map.of()));
    }

    /** The whole program, for a given console. */
    static int run(List<String> arguments, Console console) {
        try {
            return execute(arguments, console);
        } catch (RuntimeException | Error e) {
            return Commands.unexpected(e, console.err());
        }
    }

    private static int execute(List<String> arguments, Console console) {
        CommandLine commandLine = Commands.fitting(arguments, console);
        Arguments.Ordered ordered = Arguments.commandFirst(arguments, commandLine);
        Settings settings = Settings.forRun(ordered.words(), commandLine, console);
        Stream.concat(ordered.warnings().stream(), settings.warnings().stream())
                .forEach(words -> console.err().println("gcrsync: " + Printable.shortened(words)));
        if (!settings.errors().isEmpty()) {
            settings.errors().forEach(words -> console.err().println("gcrsync: " + Printable.shortened(words)));
            return ExitCode.USAGE;
        }
        commandLine.setParameterExceptionHandler((e, words) -> Commands.usageError(e, settings));
        return commandLine.execute(settings.addedTo(ordered.words(), arguments).toArray(String[]::new));
    }
}
