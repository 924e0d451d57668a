package gcrsync.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Brings the original's ways of writing a command line into the one form that the parser reads. */
final class Arguments {
    private static final String DEFAULT_COMMAND = "sync";
    private static final Set<String> OF_THE_PROGRAM = Set.of("-h", "--help", "-V", "--version");

    private Arguments() {}

    /**
     * The command in front of its flags: the original took flags on either side of it, and without a command it synced.
     * {@code --flag=true} and {@code --flag=false} of flags without a value become the flag or nothing.
     */
    static List<String> commandFirst(List<String> arguments, CommandLine commandLine) {
        List<String> flags = new ArrayList<>();
        Optional<String> command = Optional.empty();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (!argument.startsWith("-")) {
                // A word that is no command may be the value of a mistyped flag, unless it comes first.
                if (command.isEmpty() && (i == 0 || commandLine.getSubcommands().containsKey(argument))) {
                    command = Optional.of(argument);
                } else {
                    flags.add(argument);
                }
                continue;
            }
            int equals = argument.indexOf('=');
            String name = equals < 0 ? argument : argument.substring(0, equals);
            boolean takesValue = takesValue(name, command, commandLine);
            if (equals >= 0 && !takesValue && argument.endsWith("=true")) {
                flags.add(name);
            } else if (equals < 0 || takesValue || !argument.endsWith("=false")) {
                flags.add(argument);
            }
            if (equals < 0 && takesValue && i + 1 < arguments.size()) {
                flags.add(arguments.get(++i));
            }
        }
        boolean forTheProgram = command.isEmpty() && flags.size() == 1 && OF_THE_PROGRAM.contains(flags.getFirst());
        List<String> ordered = new ArrayList<>();
        if (!forTheProgram) {
            ordered.add(command.orElse(DEFAULT_COMMAND));
        }
        ordered.addAll(flags);
        return ordered;
    }

    private static boolean takesValue(String name, Optional<String> command, CommandLine commandLine) {
        CommandLine given = command.map(commandLine.getSubcommands()::get).orElse(null);
        if (given != null) {
            return takesValue(name, given);
        }
        return commandLine.getSubcommands().values().stream().anyMatch(c -> takesValue(name, c));
    }

    private static boolean takesValue(String name, CommandLine command) {
        OptionSpec option = command.getCommandSpec().findOption(name);
        return option != null && option.arity().max() > 0;
    }
}
