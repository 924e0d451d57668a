package io.github.gcrsync.cli.help;

import java.util.List;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Groups of flags with headings. Mixins whose names end with a colon become groups when help is written. Picocli's own
 * annotation would have each run write synopses of all groups, which takes a tenth of the start.
 */
public final class HelpGroups {
    private HelpGroups() {}

    /** Returns picocli's help of a command, with groups. */
    public static Help help(CommandSpec command, ColorScheme colors) {
        return new Help(grouped(command), colors);
    }

    /** Idempotent. */
    public static CommandSpec grouped(CommandSpec command) {
        if (command.argGroups().isEmpty()) {
            addMixins(command, command);
        }
        return command;
    }

    private static void addMixins(CommandSpec command, CommandSpec mixed) {
        mixed.mixins().forEach((name, mixin) -> {
            if (name.endsWith(":")) {
                addGroup(command, "%n" + name + "%n", List.copyOf(mixin.options()));
            } else {
                addMixins(command, mixin);
            }
        });
    }

    private static void addGroup(CommandSpec command, String heading, List<OptionSpec> options) {
        ArgGroupSpec.Builder group =
                ArgGroupSpec.builder().validate(false).exclusive(false).heading(heading);
        for (OptionSpec option : options) {
            command.remove(option);
            group.addArg(option);
        }
        command.addArgGroup(group.build());
    }
}
