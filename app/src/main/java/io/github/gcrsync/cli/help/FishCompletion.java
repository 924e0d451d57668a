package io.github.gcrsync.cli.help;

import io.github.gcrsync.cli.settings.Setting;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Generates completions for fish, one {@code complete} for each command and each of its flags. */
public final class FishCompletion {
    private static final Set<Class<?>> FILES = Set.of(Path.class, File.class);

    private FishCompletion() {}

    public static String of(CommandLine program) {
        StringBuilder script = new StringBuilder("# fish completion for gcrsync\ncomplete -c gcrsync -f\n");
        program.getSubcommands().forEach((name, command) -> {
            script.append("complete -c gcrsync -n __fish_use_subcommand -a ")
                    .append(name)
                    .append(" -d ")
                    .append(quoted(firstSentence(
                            command.getCommandSpec().usageMessage().description())))
                    .append('\n');
            String inCommand = "complete -c gcrsync -n " + quoted("__fish_seen_subcommand_from " + name);
            command.getCommandSpec().positionalParameters().forEach(parameter -> {
                List<String> values = values(parameter);
                if (!values.isEmpty()) {
                    script.append(inCommand)
                            .append(" -a ")
                            .append(quoted(String.join(" ", values)))
                            .append('\n');
                }
            });
            command.getCommandSpec()
                    .options()
                    .forEach(option ->
                            script.append(inCommand).append(option(option)).append('\n'));
        });
        return script.toString();
    }

    private static String option(OptionSpec option) {
        StringBuilder words = new StringBuilder();
        for (String name : option.names()) {
            words.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
        }
        if (Setting.takesValue(option)) {
            List<String> values = values(option);
            // Without -x, fish offers files as the value of every flag.
            words.append(takesFile(option) ? " -r -F" : " -x");
            if (!values.isEmpty()) {
                words.append(" -a ").append(quoted(String.join(" ", values)));
            }
        }
        return words + " -d " + quoted(firstSentence(option.description()));
    }

    /** Returns the possible values, if they are few. */
    private static List<String> values(ArgSpec argument) {
        List<String> values = new ArrayList<>();
        if (argument.completionCandidates() != null) {
            argument.completionCandidates().forEach(value -> values.add(value.toLowerCase(Locale.ROOT)));
        }
        return values;
    }

    private static boolean takesFile(OptionSpec option) {
        return FILES.contains(option.type())
                || Arrays.stream(option.auxiliaryTypes()).anyMatch(FILES::contains);
    }

    private static String firstSentence(String[] description) {
        String all = String.join(" ", description);
        return all.replaceFirst("(?s)(?: \\(default:|; may be|\\. |: ).*", "").replaceFirst("\\.$", "");
    }

    /** Quotes for fish: within single quotes, only quotes and backslashes need a backslash. */
    private static String quoted(String words) {
        return "'" + words.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
