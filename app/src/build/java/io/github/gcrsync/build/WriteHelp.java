package io.github.gcrsync.build;

import io.github.gcrsync.cli.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;

/** Writes the help texts that the program prints without its parser, and the manual pages. */
public final class WriteHelp {
    private WriteHelp() {}

    /** @param arguments the folder of the compiled classes, for the help texts, and the folder for the manual pages */
    public static void main(String[] arguments) throws IOException {
        CommandLine program = Commands.forHelp();
        Map<String, String> help = new LinkedHashMap<>();
        help.put("gcrsync.txt", help(program));
        program.getSubcommands().forEach((name, command) -> help.put(name + ".txt", help(command)));
        write(Path.of(arguments[0]).resolve("io/github/gcrsync/help"), help);
        write(Path.of(arguments[1]), ManualPages.of(program));
    }

    private static String help(CommandLine command) {
        return command.getUsageMessage()
                .lines()
                .map(line -> line.stripTrailing() + "\n")
                .collect(Collectors.joining());
    }

    private static void write(Path folder, Map<String, String> files) throws IOException {
        Files.createDirectories(folder);
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.writeString(folder.resolve(file.getKey()), file.getValue());
        }
    }
}
