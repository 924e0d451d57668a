package io.github.gcrsync.cli;

import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.flags.Options;
import io.github.gcrsync.rule.TagSelection;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine;

/** Runs the program in this JVM, and returns what its commands define. */
public final class InProcess {
    private InProcess() {}

    /** Exit code and output of a run. */
    public record Result(int exitCode, String out, String err) {}

    public static Result run(Map<String, String> environment, List<String> arguments) {
        return run(environment, "", Clock.systemUTC(), Hurry.NONE, arguments);
    }

    public static Result run(
            Map<String, String> environment, String stdin, Clock clock, Hurry hurry, List<String> arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Console console = new Console(
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)),
                environment,
                clock,
                hurry.patience(),
                false);
        int exitCode = Main.run(arguments, console);
        return new Result(exitCode, out.toString(), err.toString());
    }

    /** Returns the selection of tags that flags describe. */
    public static TagSelection tagSelection(List<String> flags) {
        CommandLine program = CommandLines.commandLine();
        List<String> words = new ArrayList<>(flags);
        words.addFirst("sync");
        program.parseArgs(words.toArray(String[]::new));
        return sync(program).selectionRules().selected();
    }

    /** Returns the flags of sync, once they are parsed. */
    static Options sync(CommandLine program) {
        CommandLine sync = Objects.requireNonNull(program.getSubcommands().get("sync"));
        return (Options) Objects.requireNonNull(sync.getCommandSpec().mixins().get("options"))
                .userObject();
    }

    /** Returns the names of all commands, in the order of the help. */
    public static List<String> commands() {
        return List.copyOf(Commands.forHelp().getSubcommands().keySet());
    }

    /** Returns all names of the command's flags. */
    public static List<String> flags(String command) {
        CommandLine found = Commands.forHelp().getSubcommands().get(command);
        if (found == null) {
            throw new IllegalArgumentException("no command " + command);
        }
        return found.getCommandSpec().options().stream()
                .flatMap(option -> List.of(option.names()).stream())
                .toList();
    }
}
