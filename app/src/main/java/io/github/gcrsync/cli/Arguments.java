package io.github.gcrsync.cli;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Converts the original's forms of a command line to the one that the parser reads. */
final class Arguments {
    private static final String DEFAULT_COMMAND = "sync";
    private static final Set<String> OF_THE_PROGRAM = Set.of("-h", "--help", "-V", "--version");

    private Arguments() {}

    /** A flag or another word, with its value. */
    private record Word(String name, List<String> text) {}

    /**
     * The converted command line.
     *
     * @param repeated single-value flags that were given more than once; only the last value is kept
     */
    record Ordered(List<String> words, Set<String> repeated) {
        List<String> warnings() {
            return repeated.stream()
                    .map(flag -> flag + " takes one value and was given more than once; the last value is used")
                    .toList();
        }
    }

    /**
     * Moves the command before its flags: the original accepted flags on both sides of the command, and ran sync
     * without one. {@code --flag=true} and {@code --flag=false} of flags without a value become the flag or nothing. If
     * a single-value flag is repeated, the last value counts, as in the original.
     */
    static Ordered commandFirst(List<String> arguments, CommandLine commandLine) {
        List<Word> words = new ArrayList<>();
        Set<String> repeated = new LinkedHashSet<>();
        Optional<String> command = Optional.empty();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (!argument.startsWith("-")) {
                // A word that is not a command may be the value of a mistyped flag, unless it comes first.
                if (command.isEmpty() && (i == 0 || commandLine.getSubcommands().containsKey(argument))) {
                    command = Optional.of(argument);
                } else {
                    words.add(new Word("", List.of(argument)));
                }
                continue;
            }
            int equals = argument.indexOf('=');
            String name = equals < 0 ? argument : argument.substring(0, equals);
            Optional<OptionSpec> option = option(name, command, commandLine);
            boolean takesValue = option.filter(o -> o.arity().max() > 0).isPresent();
            if (option.filter(o -> !o.isMultiValue()).isPresent()) {
                // The parser would refuse the second one.
                if (words.removeIf(word -> word.name().equals(name)) && takesValue) {
                    repeated.add(name);
                }
            }
            if (equals >= 0 && !takesValue && argument.endsWith("=true")) {
                words.add(new Word(name, List.of(name)));
            } else if (equals < 0 && takesValue && i + 1 < arguments.size()) {
                words.add(new Word(name, List.of(argument, arguments.get(++i))));
            } else if (equals < 0 || takesValue || !argument.endsWith("=false")) {
                words.add(new Word(name, List.of(argument)));
            }
        }
        List<String> flags =
                words.stream().flatMap(word -> word.text().stream()).toList();
        boolean forTheProgram = command.isEmpty() && areForTheProgram(flags);
        List<String> ordered = new ArrayList<>();
        if (!forTheProgram) {
            ordered.add(command.orElse(DEFAULT_COMMAND));
        }
        ordered.addAll(flags);
        return new Ordered(ordered, repeated);
    }

    /** Whether the flags ask for help or the version of the program, not of the default command. */
    static boolean areForTheProgram(List<String> flags) {
        return flags.size() == 1 && OF_THE_PROGRAM.contains(flags.getFirst());
    }

    private static Optional<OptionSpec> option(String name, Optional<String> command, CommandLine commandLine) {
        return command.map(commandLine.getSubcommands()::get)
                .map(given -> option(name, given))
                .orElseGet(() -> commandLine.getSubcommands().values().stream()
                        .flatMap(each -> option(name, each).stream())
                        .findFirst());
    }

    private static Optional<OptionSpec> option(String name, CommandLine command) {
        return Optional.ofNullable(command.getCommandSpec().findOption(name));
    }
}
