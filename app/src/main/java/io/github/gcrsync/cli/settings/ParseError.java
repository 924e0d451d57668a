package io.github.gcrsync.cli.settings;

import io.github.gcrsync.config.Nearest;
import java.util.Collection;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * An error in a command line.
 *
 * @param words on one line; for an unknown flag only its name, because its value may be a secret of a mistyped flag
 * @param meant similar names; empty if there are none
 */
public record ParseError(String words, List<String> meant) {
    public static ParseError of(ParameterException e, Settings settings) {
        CommandLine where = e.getCommandLine();
        if (!(e instanceof UnmatchedArgumentException unmatched)) {
            return new ParseError(origin(e, settings) + e.getMessage(), List.of());
        }
        String first = unmatched.getUnmatched().getFirst();
        if (where.getParent() == null && !first.startsWith("-")) {
            return new ParseError(
                    "unknown command '" + first + "'",
                    Nearest.to(first, where.getSubcommands().keySet()).stream()
                            .map(name -> "gcrsync " + name)
                            .toList());
        }
        return unmatched.getUnmatched().stream()
                .filter(argument -> argument.startsWith("-"))
                .findFirst()
                .map(flag -> unknownFlag(flag.replaceFirst("=.*", ""), where))
                .orElseGet(() ->
                        new ParseError("unexpected argument '" + Setting.withoutPasswords(first) + "'", List.of()));
    }

    /** Returns where the wrong flag was set, unless on the command line. */
    private static String origin(ParameterException e, Settings settings) {
        return e.getArgSpec() instanceof OptionSpec option
                ? settings.added(option.longestName())
                        .map(setting -> setting.origin() + ": ")
                        .orElse("")
                : "";
    }

    private static ParseError unknownFlag(String flag, CommandLine where) {
        Collection<String> flags = where.getCommandSpec().optionsMap().keySet();
        return new ParseError("unknown flag " + flag, Nearest.to(flag, flags));
    }
}
