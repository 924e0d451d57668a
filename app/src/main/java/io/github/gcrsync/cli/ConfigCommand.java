package io.github.gcrsync.cli;

import io.github.gcrsync.cli.console.Console;
import io.github.gcrsync.cli.console.ExitCode;
import io.github.gcrsync.cli.flags.UsageException;
import io.github.gcrsync.cli.help.ConfigSchema;
import io.github.gcrsync.cli.settings.ConfigFlags;
import io.github.gcrsync.cli.settings.KnownFlags;
import io.github.gcrsync.cli.settings.Setting;
import io.github.gcrsync.cli.settings.Settings;
import io.github.gcrsync.config.ConfigNode.Mapping;
import io.github.gcrsync.config.MirrorDefinition;
import io.github.gcrsync.config.Mirrors;
import io.github.gcrsync.config.ShownValue;
import io.github.gcrsync.config.WholeRun;
import io.github.gcrsync.server.ServedMirror;
import io.github.gcrsync.text.Printable;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Checks the configuration and shows where each value comes from. */
@Command(
        name = "config",
        sortOptions = false,
        description = {
            "Checks the configuration and shows where each value is set, or prints the schema of gcrsync.yaml.",
            "",
            "check reads flags, GCRSYNC_ variables and gcrsync.yaml (or FILE), and prints the value of each flag of any"
                    + " command, then those of each mirror in the file. Secrets are shown as 'set'.",
            "check --online also lists the sources, and prints how many tags of each repository are selected.",
            "schema prints the JSON Schema of gcrsync.yaml, which editors use for completion and checks."
        },
        parameterListHeading = "%nArguments:%n",
        optionListHeading = "%nFlags:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the configuration is valid",
            "1:with --online: some repositories cannot be listed, or have too few tags",
            "2:it is invalid; each error is printed with its position",
            "3:with --online: a source is unreachable"
        })
final class ConfigCommand implements Callable<Integer> {
    private static final String CHECK = "check";
    private static final String SCHEMA = "schema";
    private static final String PROCESS_COUNT = "--processcount";

    private final Console console;

    /** Values for shell completion. */
    static final class Actions implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return List.of(CHECK, SCHEMA).iterator();
        }
    }

    /** Contains flags too: they may be those of any command. */
    @Parameters(
            arity = "1..*",
            paramLabel = "check [--online] [FILE]|schema",
            completionCandidates = Actions.class,
            description = "The action and the file to read; flags of any command may follow.")
    List<String> words = new ArrayList<>();

    /** Hidden from the flags of all commands, which variables and files can set; the description names it. */
    @Option(names = "--online", hidden = true)
    boolean isOnline;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    ConfigCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        CommandLine program = Commands.all(console);
        KnownFlags known = new KnownFlags(program, () -> program);
        if (words.equals(List.of(SCHEMA))) {
            console.out().print(ConfigSchema.of(known.ofAllCommands().values()));
            console.out().flush();
            return ExitCode.DONE;
        }
        return check(program, known);
    }

    private int check(CommandLine program, KnownFlags known) {
        Map<String, Setting> given = new LinkedHashMap<>();
        Optional<String> file = readWords(known, given);
        Settings settings = Settings.of(known, console.environment(), Settings.file(file, console.environment()));
        settings.refuseMirrorFlags(given.keySet());
        Map<String, Setting> effective = new LinkedHashMap<>();
        known.ofAllCommands()
                .keySet()
                .forEach(flag -> Optional.ofNullable(given.get(flag))
                        .or(() -> settings.get(flag))
                        .ifPresent(setting -> effective.put(flag, setting)));
        List<String> errors = new ArrayList<>(settings.errors());
        effective.values().forEach(setting -> refusal(setting, program).ifPresent(errors::add));
        settings.mirrors()
                .filter(_ -> errors.isEmpty())
                .ifPresent(content -> errors.addAll(ServedMirror.scheduleErrors(
                        Mirrors.read(content, WholeRun.UNSET).definitions())));

        PrintWriter err = console.err();
        settings.warnings().forEach(words -> err.println("gcrsync: " + Printable.shortened(words)));
        errors.forEach(words -> err.println("gcrsync: " + Printable.shortened(words)));
        if (!errors.isEmpty()) {
            return ExitCode.USAGE;
        }
        known.ofAllCommands().forEach((flag, option) -> print(flag, option, Optional.ofNullable(effective.get(flag))));
        settings.mirrors().ifPresent(content -> print(content, Optional.ofNullable(effective.get(PROCESS_COUNT))));
        console.out().flush();
        return isOnline ? online(file, given) : ExitCode.DONE;
    }

    private int online(Optional<String> file, Map<String, Setting> given) {
        CommandLine online = Commands.online(console);
        Map<String, OptionSpec> flags =
                KnownFlags.flags(Objects.requireNonNull(online.getSubcommands().get(OnlineCommand.NAME)));
        List<String> arguments = new ArrayList<>(List.of(OnlineCommand.NAME));
        file.ifPresent(path -> arguments.add(ConfigFlags.FLAG + "=" + path));
        given.forEach((flag, setting) -> Optional.ofNullable(flags.get(flag))
                .filter(option -> !flag.equals(ConfigFlags.FLAG))
                .ifPresent(option -> arguments.addAll(setting.arguments(option))));
        return Main.execute(arguments, online, console);
    }

    private void print(String flag, OptionSpec option, Optional<Setting> setting) {
        String usual = Setting.takesValue(option)
                ? Optional.ofNullable(option.defaultValue()).orElse("not set")
                : "false";
        print(
                flag.substring(2),
                setting.map(Setting::shown).orElse(usual),
                setting.map(Setting::origin).orElse(ShownValue.DEFAULT));
    }

    /** @param count for the mirrors that do not set it */
    private void print(Mapping content, Optional<Setting> count) {
        for (MirrorDefinition mirror : Mirrors.read(content, WholeRun.UNSET).definitions()) {
            console.out().println();
            console.out().println(mirror.name());
            for (ShownValue value : mirror.values()) {
                boolean isInherited = value.isDefault() && value.key().equals(PROCESS_COUNT.substring(2));
                Optional<Setting> inherited = count.filter(_ -> isInherited);
                print(
                        (value.isNested() ? "    " : "  ") + value.key(),
                        inherited.map(Setting::shown).orElse(value.value()),
                        inherited.map(Setting::origin).orElse(value.origin()));
            }
        }
    }

    private void print(String key, String value, String origin) {
        console.out().println(Printable.of("%-22s %-34s %s".formatted(key, value, origin)));
    }

    /** Returns why a command that has the flag would reject its value. */
    private static Optional<String> refusal(Setting setting, CommandLine program) {
        for (Map.Entry<String, CommandLine> command : program.getSubcommands().entrySet()) {
            OptionSpec option = KnownFlags.flags(command.getValue()).get(setting.flag());
            if (option == null) {
                continue;
            }
            try {
                List<String> arguments = new ArrayList<>(List.of(command.getKey()));
                arguments.addAll(setting.arguments(option));
                program.parseArgs(arguments.toArray(String[]::new));
            } catch (MissingParameterException e) {
                // The command also needs arguments; the flag itself is valid.
            } catch (ParameterException e) {
                return Optional.of(setting.origin() + ": " + e.getMessage());
            }
        }
        return Optional.empty();
    }

    /** Returns the file argument, if any. */
    private Optional<String> readWords(KnownFlags known, Map<String, Setting> given) {
        if (!words.getFirst().equals(CHECK)) {
            throw new UsageException("unknown action '" + words.getFirst() + "'; use gcrsync config " + CHECK
                    + " or gcrsync config " + SCHEMA);
        }
        Optional<String> file = Optional.empty();
        for (int i = 1; i < words.size(); i++) {
            String word = words.get(i);
            if (!word.startsWith("-")) {
                file = Optional.of(word);
                continue;
            }
            String flag = word.replaceFirst("(?s)=.*", "");
            OptionSpec option = known.find(flag).orElseThrow(() -> new UsageException("unknown flag " + flag));
            String value = "true";
            if (word.length() > flag.length()) {
                value = word.substring(flag.length() + 1);
            } else if (Setting.takesValue(option)) {
                if (++i == words.size()) {
                    throw new UsageException(flag + " needs a value");
                }
                value = words.get(i);
            }
            if (flag.equals(ConfigFlags.FLAG)) {
                file = Optional.of(value);
            }
            List<String> values = new ArrayList<>();
            if (option.isMultiValue() && given.containsKey(flag)) {
                values.addAll(given.get(flag).values());
            }
            values.add(value);
            given.put(flag, new Setting(flag, values, "flag"));
        }
        return file;
    }
}
