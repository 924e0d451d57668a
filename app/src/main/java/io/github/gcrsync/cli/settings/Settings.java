package io.github.gcrsync.cli.settings;

import io.github.gcrsync.config.ConfigFile;
import io.github.gcrsync.config.ConfigFileException;
import io.github.gcrsync.config.ConfigNode.Entry;
import io.github.gcrsync.config.ConfigNode.Mapping;
import io.github.gcrsync.config.Mirrors;
import io.github.gcrsync.config.Nearest;
import io.github.gcrsync.config.WholeRun;
import io.github.gcrsync.rule.NamePattern;
import io.github.gcrsync.rule.RepositoryPattern;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The flags set by variables and {@code gcrsync.yaml}. They are inserted before those of the command line as if they
 * had been typed, so that values are parsed and checked in one place.
 */
public final class Settings {
    static final Path STANDARD_FILE = Path.of("gcrsync.yaml");
    private static final String PREFIX = "GCRSYNC_";
    /** Variables of the launcher. */
    private static final Set<String> OTHER_VARIABLES =
            Set.of("GCRSYNC_JAVA_OPTIONS", "GCRSYNC_LOCALE", "GCRSYNC_SHARDS", "GCRSYNC_DATABASE_PASSWORD");

    /** As {@link Mirrors#KEYS}; a start without such a key does not load that class. */
    private static final Set<String> OTHER_KEYS = Set.of("mirrors", "defaults", "selections");

    /** Each command that mirrors has this flag. */
    private static final int MAX_ERRORS = 100;

    private final KnownFlags flags;
    private final Map<String, Setting> byFlag = new LinkedHashMap<>();
    private final Set<String> added = ConcurrentHashMap.newKeySet();
    private final List<String> errors = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private Optional<Path> file = Optional.empty();
    private Optional<Mapping> mirrors = Optional.empty();

    private Settings(KnownFlags flags) {
        this.flags = flags;
    }

    /** @param file not read if empty */
    public static Settings of(KnownFlags flags, Map<String, String> environment, Optional<Path> file) {
        Settings settings = new Settings(flags);
        file.ifPresent(settings::readFile);
        new TreeMap<>(environment).forEach(settings::readVariable);
        return settings;
    }

    /**
     * Returns the settings for a command. They are empty for commands without {@code --config} and for help, which must
     * work even if the settings are wrong.
     *
     * @param arguments the command, then its flags
     * @param all every command; called only for a name that the program lacks
     */
    public static Settings forRun(
            List<String> arguments, CommandLine program, Supplier<CommandLine> all, Map<String, String> environment) {
        CommandLine command =
                arguments.isEmpty() ? program : program.getSubcommands().getOrDefault(arguments.getFirst(), program);
        KnownFlags flags = new KnownFlags(command, all);
        boolean asksForHelp = arguments.contains("--help") || arguments.contains("-h");
        if (flags.own(ConfigFlags.FLAG).isEmpty() || asksForHelp) {
            return new Settings(flags);
        }
        Settings settings = of(flags, environment, file(lastValue(arguments), environment));
        // Other commands may use such a flag for something else than a mirror.
        if (flags.describeMirror()) {
            settings.refuseMirrorFlags(arguments.stream()
                    .filter(word -> word.startsWith("--"))
                    .map(word -> word.replaceFirst("(?s)=.*", ""))
                    .toList());
        }
        return settings;
    }

    /**
     * Adds an error for each flag that describes a mirror, if the file has mirrors.
     *
     * @param typed flags of the command line
     */
    public void refuseMirrorFlags(Collection<String> typed) {
        mirrors.ifPresent(root -> {
            String name = String.valueOf(Path.of(root.at().file()).getFileName());
            typed.forEach(flag -> MirrorFlags.refusal(flag, name).ifPresent(errors::add));
            byFlag.values().stream()
                    .filter(setting -> !typed.contains(setting.flag()))
                    .forEach(setting -> MirrorFlags.refusal(setting.flag(), name)
                            .ifPresent(words -> errors.add(setting.origin() + ": " + words)));
        });
    }

    /** Returns the named file, otherwise the one in the current folder. */
    public static Optional<Path> file(Optional<String> named, Map<String, String> environment) {
        return named.or(() -> Optional.ofNullable(environment.get(Setting.variable(ConfigFlags.FLAG)))
                        .filter(value -> !value.isEmpty()))
                .map(Path::of)
                .or(() -> Optional.of(STANDARD_FILE).filter(Files::exists));
    }

    private static Optional<String> lastValue(List<String> arguments) {
        Optional<String> value = Optional.empty();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (argument.startsWith(ConfigFlags.FLAG + "=")) {
                value = Optional.of(argument.substring(ConfigFlags.FLAG.length() + 1));
            } else if (argument.equals(ConfigFlags.FLAG) && i + 1 < arguments.size()) {
                value = Optional.of(arguments.get(i + 1));
            }
        }
        return value;
    }

    /** Returns the errors, one line each, with positions. */
    public List<String> errors() {
        return errors;
    }

    public List<String> warnings() {
        return warnings;
    }

    /** Returns the file that was read. */
    public Optional<Path> file() {
        return file;
    }

    /** Returns the content of the file if it has mirrors. */
    public Optional<Mapping> mirrors() {
        return mirrors;
    }

    /** Returns the setting of a flag that the command line does not contain; valid after {@link #addedTo}. */
    public Optional<Setting> added(String flag) {
        return get(flag).filter(setting -> added.contains(flag));
    }

    public Optional<Setting> get(String flag) {
        return Optional.ofNullable(byFlag.get(flag));
    }

    /**
     * Returns the command line extended by the settings. A flag on the command line overrides them, even if it may be
     * repeated.
     *
     * @param written as typed: the ordered words no longer contain {@code --debug=false}
     */
    public List<String> addedTo(List<String> ordered, List<String> written) {
        Set<String> mentioned =
                written.stream().map(word -> word.replaceFirst("(?s)=.*", "")).collect(Collectors.toSet());
        List<String> more = new ArrayList<>();
        byFlag.forEach((flag, setting) -> flags.own(flag)
                // Secrets are not copied before they are needed.
                .filter(option -> !mentioned.contains(flag) && !Setting.isSecret(flag))
                // A login is for the mirror that it is set for, not for an image that copy is given.
                .filter(option -> flags.describeMirror()
                        || !MirrorFlags.names().contains(flag)
                        || MirrorFlags.areForAnyImage(flag))
                .ifPresent(option -> {
                    added.add(flag);
                    more.addAll(setting.arguments(option));
                }));
        if (more.isEmpty()) {
            return ordered;
        }
        List<String> all = new ArrayList<>(ordered);
        all.addAll(1, more);
        return all;
    }

    private void readFile(Path path) {
        file = Optional.of(path);
        try {
            Mapping root = ConfigFile.read(path);
            for (Entry entry : root.entries()) {
                if (OTHER_KEYS.contains(entry.key())) {
                    mirrors = Optional.of(root);
                } else if (errors.size() < MAX_ERRORS) {
                    readEntry(entry);
                }
            }
            if (mirrors.isPresent() && flags.describeMirror()) {
                errors.addAll(Mirrors.read(root, WholeRun.UNSET).errors());
            }
        } catch (ConfigFileException e) {
            errors.add(String.valueOf(e.getMessage()));
        }
    }

    private void readEntry(Entry entry) {
        String flag = "--" + entry.key();
        Optional<OptionSpec> option = flags.find(flag);
        if (option.isEmpty()) {
            List<String> keys = Stream.concat(
                            OTHER_KEYS.stream(), flags.names().stream().map(name -> name.substring(2)))
                    .toList();
            errors.add(entry.at() + ": unknown key '" + entry.key() + "'" + Nearest.suggestion(entry.key(), keys));
        } else if (flag.equals(ConfigFlags.FLAG)) {
            errors.add(entry.at() + ": a file cannot name another file; use " + flag + " or " + Setting.variable(flag));
        } else if (Setting.isSecret(flag)) {
            errors.add(entry.at() + ": '" + entry.key() + "' is a secret and does not belong in a file; use "
                    + Setting.variable(flag));
        } else if (!Setting.isForFiles(flag)) {
            errors.add(entry.at() + ": '" + entry.key() + "' does not belong in a file; use " + flag + " or "
                    + Setting.variable(flag));
        } else {
            FileValues.read(option.get(), entry, errors).ifPresent(setting -> byFlag.put(flag, setting));
        }
    }

    private void readVariable(String name, String value) {
        // Schedulers and shells pass an empty variable for one that is not set.
        if (!name.startsWith(PREFIX) || value.isEmpty() || OTHER_VARIABLES.contains(name)) {
            return;
        }
        String flag =
                "--" + name.substring(PREFIX.length()).toLowerCase(Locale.ROOT).replace('_', '-');
        Optional<OptionSpec> option = flags.find(flag);
        if (option.isEmpty() || !Setting.variable(flag).equals(name)) {
            List<String> variables =
                    flags.names().stream().map(Setting::variable).toList();
            warnings.add("unknown variable " + name + Nearest.suggestion(name, variables));
        } else if (Setting.takesValue(option.get())) {
            List<String> values = option.get().isMultiValue() ? split(value, option.get()) : List.of(value);
            byFlag.put(flag, new Setting(flag, values, name));
        } else if (value.equals("true") || value.equals("false")) {
            byFlag.put(flag, new Setting(flag, List.of(value), name));
        } else {
            errors.add(name + ": '" + value + "' is neither true nor false");
        }
    }

    /** Splits at newlines and commas; regular expressions only at newlines, since they can contain commas. */
    private static List<String> split(String value, OptionSpec option) {
        boolean isPattern = Stream.of(option.auxiliaryTypes())
                .anyMatch(Set.of(Pattern.class, NamePattern.class, RepositoryPattern.class)::contains);
        return value.lines()
                .flatMap(line -> isPattern ? Stream.of(line) : Stream.of(line.split(",", -1)))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .toList();
    }
}
