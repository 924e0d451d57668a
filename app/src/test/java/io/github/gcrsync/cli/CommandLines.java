package io.github.gcrsync.cli;

import io.github.gcrsync.cli.console.Console;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine;

/** Parses command lines like the program, without running them. */
public final class CommandLines {
    private CommandLines() {}

    /** @throws CommandLine.ParameterException if the program would refuse it */
    public static void read(List<String> arguments) {
        CommandLine commandLine = commandLine();
        commandLine.parseArgs(
                Arguments.commandFirst(arguments, commandLine).words().toArray(String[]::new));
    }

    /** Returns the names of all flags of all commands. */
    public static Set<String> flags() {
        Set<String> flags = new TreeSet<>();
        CommandLine commandLine = commandLine();
        flags.addAll(commandLine.getCommandSpec().optionsMap().keySet());
        commandLine
                .getSubcommands()
                .values()
                .forEach(command ->
                        flags.addAll(command.getCommandSpec().optionsMap().keySet()));
        return flags;
    }

    /** Returns the program with all commands, as runs parse it. */
    static CommandLine commandLine() {
        PrintWriter nowhere = new PrintWriter(PrintWriter.nullWriter());
        return Commands.all(new Console(nowhere, nowhere, InputStream.nullInputStream(), Map.of()));
    }
}
