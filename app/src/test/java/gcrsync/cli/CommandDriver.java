package gcrsync.cli;

import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/** The program within this JVM at a time of the test's choice, and what its commands say of themselves. */
public final class CommandDriver {
    private CommandDriver() {}

    public static InProcess.Result run(Map<String, String> environment, Clock clock, List<String> arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Main.Console console = new Main.Console(
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                InputStream.nullInputStream(),
                environment,
                clock);
        int exitCode = Main.run(arguments, console);
        return new InProcess.Result(exitCode, out.toString(), err.toString());
    }

    /** Names of all commands, in the order of the help. */
    public static List<String> commands() {
        return List.copyOf(Main.commands().getSubcommands().keySet());
    }

    /** All names of the command's flags. */
    public static List<String> flags(String command) {
        CommandLine found = Main.commands().getSubcommands().get(command);
        if (found == null) {
            throw new IllegalArgumentException("no command " + command);
        }
        return found.getCommandSpec().options().stream()
                .flatMap(option -> List.of(option.names()).stream())
                .toList();
    }
}
