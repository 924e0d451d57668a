package io.github.gcrsync.cli.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The value of a flag.
 *
 * @param flag its long name with dashes
 * @param values one, or several for repeatable flags; {@code true} or {@code false} for flags without a value
 * @param origin for users: a variable's name, or a position in a file
 */
public record Setting(String flag, List<String> values, String origin) {
    /** A file is copied and committed; variables are set by tools that keep secrets. */
    private static final Set<String> SECRETS = Set.of("--dockerpassword", "--source-password", "--githubtoken");

    /** Flags that the launcher or the program needs before it reads a file, or that differ between runs of one file. */
    private static final Set<String> OUTSIDE_FILES = Set.of(
            ConfigFlags.FLAG, "--metrics-file", "--shard", "--apply", "--when", "--after", "--at-most", "--keep");

    public Setting {
        values = List.copyOf(values);
    }

    public static boolean isSecret(String flag) {
        return SECRETS.contains(flag);
    }

    /** Whether the flag may be a key of a file. */
    public static boolean isForFiles(String flag) {
        return !isSecret(flag) && !OUTSIDE_FILES.contains(flag);
    }

    /** Returns {@code GCRSYNC_CHECK_DESTINATION} for {@code --check-destination}. */
    static String variable(String flag) {
        return "GCRSYNC_" + flag.substring(2).replace('-', '_').toUpperCase(java.util.Locale.ROOT);
    }

    /** Returns the flag as command-line arguments. */
    public List<String> arguments(OptionSpec option) {
        if (!takesValue(option)) {
            return values.getFirst().equals("true") ? List.of(flag) : List.of();
        }
        List<String> arguments = new ArrayList<>();
        values.forEach(value -> arguments.add(flag + "=" + value));
        return arguments;
    }

    public static boolean takesValue(OptionSpec option) {
        return option.arity().max() > 0;
    }

    /** Whether true and false are values of the flag. */
    public static boolean takesTruth(OptionSpec option) {
        return option.type() == Boolean.class || option.paramLabel().startsWith("true|false|");
    }

    /** Returns the value for display, without secrets. */
    public String shown() {
        return isSecret(flag) ? "set" : withoutPasswords(String.join(", ", values));
    }

    /** Hides users and passwords in URLs, even in those that are invalid because of a password. */
    static String withoutPasswords(String text) {
        return text.replaceAll("://\\S*@", "://…@").replaceAll("(?i)([?&][^=&\\s]*password=)[^&\\s]*", "$1…");
    }
}
