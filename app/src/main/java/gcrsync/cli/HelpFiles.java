package gcrsync.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Help as text, one line for each of its paragraphs, written by the build: the parser reads the annotations of all flags before it can say anything, which
 * takes several times as long as the JVM takes to start.
 */
final class HelpFiles {
    private static final Set<String> HELP = Set.of("--help", "-h");

    private HelpFiles() {}

    /** What {@code gcrsync --help} and {@code gcrsync COMMAND --help} print, if that is what the arguments ask for. */
    static Optional<String> answering(String[] arguments) throws IOException {
        if (arguments.length < 1 || arguments.length > 2 || !HELP.contains(arguments[arguments.length - 1])) {
            return Optional.empty();
        }
        String command = arguments.length == 1 ? "gcrsync" : arguments[0];
        // A name that could be a path is no command; what has no file is the parser's to answer.
        if (!command.chars().allMatch(c -> c >= 'a' && c <= 'z')) {
            return Optional.empty();
        }
        try (InputStream in = HelpFiles.class.getResourceAsStream("/gcrsync/help/" + command + ".txt")) {
            if (in == null) {
                return Optional.empty();
            }
            int columns = HelpText.columns();
            return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> HelpText.wrapped(line, columns) + "\n")
                    .collect(Collectors.joining()));
        }
    }

    /** @param arguments the folder of the compiled classes, where the help goes, and that of the manual pages */
    public static void main(String[] arguments) throws IOException {
        System.setProperty("gcrsync.columns", HelpText.ENDLESS + "");
        Path folder = Files.createDirectories(Path.of(arguments[0]).resolve("gcrsync/help"));
        Files.writeString(folder.resolve("gcrsync.txt"), help(List.of("--help")));
        for (String command : Commands.names()) {
            Files.writeString(folder.resolve(command + ".txt"), help(List.of(command, "--help")));
        }
        PrintWriter nowhere = new PrintWriter(PrintWriter.nullWriter());
        Main.Console console = new Main.Console(nowhere, nowhere, InputStream.nullInputStream(), Map.of());
        Path manual = Files.createDirectories(Path.of(arguments[1]));
        for (Map.Entry<String, String> page :
                ManualPages.of(Commands.all(console)).entrySet()) {
            Files.writeString(manual.resolve(page.getKey()), page.getValue());
        }
    }

    private static String help(List<String> arguments) {
        StringWriter text = new StringWriter();
        Main.Console console =
                new Main.Console(new PrintWriter(text), new PrintWriter(text), InputStream.nullInputStream(), Map.of());
        int exitCode = Main.run(arguments, console);
        if (exitCode != 0) {
            throw new IllegalStateException(arguments + " ended with " + exitCode + ": " + text);
        }
        return text.toString();
    }
}
