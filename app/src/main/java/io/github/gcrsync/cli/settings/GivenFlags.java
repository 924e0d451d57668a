package io.github.gcrsync.cli.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The flags of a command line that another command has too, for running it with them. */
public final class GivenFlags {
    /** They differ: the other command gets its own. */
    private static final Set<String> OWN = Set.of(ConfigFlags.FLAG, "--log-format");

    private final CommandSpec command;
    private final CommandSpec other;
    private final Settings settings;

    /**
     * @param command as parsed
     * @param settings of the file and of variables, which may change until the other command runs
     */
    public GivenFlags(CommandSpec command, CommandSpec other, Settings settings) {
        this.command = command;
        this.other = other;
        this.settings = settings;
    }

    private boolean isCommon(String flag) {
        return other.findOption(flag) != null && !OWN.contains(flag);
    }

    /** Returns flags that the file or a variable sets and the command line turns off: {@code --FLAG=false}. */
    public List<String> off() {
        return command.options().stream()
                .filter(option -> !Setting.takesValue(option))
                .map(OptionSpec::longestName)
                .filter(flag -> isCommon(flag)
                        && settings.get(flag).isPresent()
                        && settings.added(flag).isEmpty())
                .map(flag -> flag + "=false")
                .toList();
    }

    /** Returns the flags of the command line; not those of variables and of the file. */
    public List<String> given() {
        List<String> given = new ArrayList<>();
        for (OptionSpec option : command.commandLine().getParseResult().matchedOptions()) {
            String flag = option.longestName();
            if (isCommon(flag) && settings.added(flag).isEmpty()) {
                given.addAll(
                        Setting.takesValue(option)
                                ? new Setting(flag, option.originalStringValues(), "flag").arguments(option)
                                : List.of(flag));
            }
        }
        return given;
    }
}
