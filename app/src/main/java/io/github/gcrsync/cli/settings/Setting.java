package io.github.gcrsync.cli.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.OptionSpec;

/**
 * What a flag is set to.
 *
 * @param flag its long name, with dashes
 * @param values one, but for flags that may be repeated; {@code true} or {@code false} for those without a value
 * @param origin for people: a variable's name, or a place in a file
 */
public record Setting(String flag, List<String> values, String origin) {
    /** A file lies about, is copied and committed; a variable is set by what keeps secrets. */
    private static final Set<String> SECRETS = Set.of("--dockerpassword", "--source-password", "--githubtoken");

    public Setting {
        values = List.copyOf(values);
    }

    static boolean isSecret(String flag) {
        return SECRETS.contains(flag);
    }

    /** {@code GCRSYNC_CHECK_DESTINATION} for {@code --check-destination}. */
    static String variable(String flag) {
        return "GCRSYNC_" + flag.substring(2).replace('-', '_').toUpperCase(java.util.Locale.ROOT);
    }

    /** What the flag would be on a command line. */
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

    /** For a screen: no secret, and no password in a URL. */
    public String shown() {
        return isSecret(flag) ? "set" : String.join(", ", values).replaceAll("://[^/@\\s]*@", "://…@");
    }
}
