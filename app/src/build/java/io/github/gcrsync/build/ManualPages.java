package io.github.gcrsync.build;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Generates manual pages of section 1, in the macros of man(7), from the command definitions. */
final class ManualPages {
    private ManualPages() {}

    /** Returns pages by file name: {@code gcrsync.1}, {@code gcrsync-sync.1} and so on. */
    static Map<String, String> of(CommandLine program) {
        Map<String, String> pages = new LinkedHashMap<>();
        pages.put("gcrsync.1", new Page("gcrsync").program(program));
        program.getSubcommands()
                .forEach((name, command) -> pages.put(
                        "gcrsync-" + name + ".1", new Page("gcrsync-" + name).command(name, command.getCommandSpec())));
        return pages;
    }

    private static final class Page {
        private final StringBuilder text = new StringBuilder();

        Page(String title) {
            // No date: the same sources make the same page.
            text.append(".\\\" Generated from the command itself.\n.TH ")
                    .append(title.toUpperCase(Locale.ROOT).replace("-", "\\-"))
                    .append(" 1 \"\" \"gcrsync\" \"gcrsync manual\"\n");
        }

        String program(CommandLine program) {
            CommandSpec spec = program.getCommandSpec();
            begin("gcrsync", "mirror a registry namespace", spec.usageMessage());
            section("COMMANDS");
            program.getSubcommands()
                    .forEach((name, command) -> item(
                            ".BR gcrsync\\-" + name + " (1)",
                            String.join(
                                    " ", command.getCommandSpec().usageMessage().description())));
            section("FLAGS");
            options(spec.options());
            section("ENVIRONMENT");
            item(
                    ".BI GCRSYNC_ FLAG",
                    "Every flag is also a variable: GCRSYNC_PROCESSLIMIT for --processlimit. An empty variable counts as not set. Flags override variables; variables override the file.");
            section("FILES");
            item(".I gcrsync.yaml", "Flags as keys; in the working folder, or named by --config.");
            return text.toString();
        }

        String command(String name, CommandSpec spec) {
            UsageMessageSpec usage = spec.usageMessage();
            String description = String.join(" ", usage.description());
            begin("gcrsync-" + name, description.replaceFirst("(?s)[.:;] .*|\\.$", ""), usage);
            if (!spec.positionalParameters().isEmpty()) {
                section("ARGUMENTS");
                spec.positionalParameters()
                        .forEach(parameter -> item(".I " + plain(parameter.paramLabel()), description(parameter)));
            }
            List<OptionSpec> own = spec.options().stream()
                    .filter(option -> option.group() == null)
                    .toList();
            if (!own.isEmpty()) {
                section("FLAGS");
                options(own);
            }
            for (ArgGroupSpec group : spec.argGroups()) {
                section(group.heading().replace("%n", "").replace(":", "").toUpperCase(Locale.ROOT));
                options(group.options());
            }
            if (!usage.exitCodeList().isEmpty()) {
                section("EXIT STATUS");
                usage.exitCodeList().forEach((code, words) -> item(".B " + code, words));
            }
            section("SEE ALSO");
            text.append(".BR gcrsync (1)\n");
            return text.toString();
        }

        private void begin(String name, String purpose, UsageMessageSpec usage) {
            section("NAME");
            text.append(plain(name)).append(" \\- ").append(plain(purpose)).append('\n');
            section("SYNOPSIS");
            String[] synopses = usage.customSynopsis();
            for (int i = 0; i < synopses.length; i++) {
                text.append(i == 0 ? "" : ".br\n")
                        .append(plain(synopses[i].strip().replaceAll(" {2,}.*", "")));
                text.append('\n');
            }
            section("DESCRIPTION");
            text.append(line(String.join(" ", usage.description()))).append('\n');
        }

        private void section(String title) {
            text.append(".SH ").append(title).append('\n');
        }

        private void options(List<OptionSpec> options) {
            for (OptionSpec option : options) {
                String names = List.of(option.names()).stream()
                        .map(name -> "\\fB" + plain(name) + "\\fR")
                        .collect(Collectors.joining(", "));
                String value = option.arity().max() > 0 ? "=\\fI" + plain(option.paramLabel()) + "\\fR" : "";
                item(names + value, description(option));
            }
        }

        private void item(String term, String words) {
            text.append(".TP\n").append(term).append('\n').append(line(words)).append('\n');
        }

        private static String description(ArgSpec argument) {
            return String.join(" ", argument.description())
                    .replace("${DEFAULT-VALUE}", String.valueOf(argument.defaultValue()));
        }

        /** Escapes a leading full stop or quote, which would make the line a request. */
        private static String line(String words) {
            String plain = plain(words.replace("%n", " ").replace("%%", "%"));
            return plain.startsWith(".") || plain.startsWith("'") ? "\\&" + plain : plain;
        }

        private static String plain(String words) {
            return words.replace("\\", "\\e")
                    .replace("-", "\\-")
                    .replace("~", "\\(ti")
                    .replace("^", "\\(ha");
        }
    }
}
