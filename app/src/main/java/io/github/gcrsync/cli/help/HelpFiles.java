package io.github.gcrsync.cli.help;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Help as text, one line for each of its paragraphs, written by the build: the parser reads the annotations of all flags before it can say anything, which
 * takes several times as long as the JVM takes to start.
 */
public final class HelpFiles {
    private static final Set<String> HELP = Set.of("--help", "-h");

    private HelpFiles() {}

    /** What {@code gcrsync --help} and {@code gcrsync COMMAND --help} print, if that is what the arguments ask for. */
    public static Optional<String> answering(String[] arguments, Map<String, String> environment) throws IOException {
        if (arguments.length < 1 || arguments.length > 2 || !HELP.contains(arguments[arguments.length - 1])) {
            return Optional.empty();
        }
        String command = arguments.length == 1 ? "gcrsync" : arguments[0];
        // A name that could be a path is no command; what has no file is the parser's to answer.
        if (!command.chars().allMatch(c -> c >= 'a' && c <= 'z')) {
            return Optional.empty();
        }
        try (InputStream in = HelpFiles.class.getResourceAsStream("/io/github/gcrsync/help/" + command + ".txt")) {
            if (in == null) {
                return Optional.empty();
            }
            int columns = HelpText.columns(environment);
            return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> HelpText.wrapped(line, columns) + "\n")
                    .collect(Collectors.joining()));
        }
    }
}
