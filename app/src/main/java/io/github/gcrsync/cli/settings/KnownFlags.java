package io.github.gcrsync.cli.settings;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The flags that variables and files can set: those of the current command and those of all others. */
public final class KnownFlags {
    private final Map<String, OptionSpec> own;
    private final Supplier<CommandLine> all;
    private @Nullable Map<String, OptionSpec> others;

    /** @param all every command; called only for names that the current command lacks, because creating it is slow */
    public KnownFlags(CommandLine command, Supplier<CommandLine> all) {
        this.own = flags(command);
        this.all = all;
    }

    public static Map<String, OptionSpec> flags(CommandLine command) {
        Map<String, OptionSpec> flags = new LinkedHashMap<>();
        command.getCommandSpec().options().stream()
                .filter(option -> !option.usageHelp() && !option.versionHelp() && !option.hidden())
                .forEach(option -> flags.put(option.longestName(), option));
        return flags;
    }

    Optional<OptionSpec> own(String flag) {
        return Optional.ofNullable(own.get(flag));
    }

    /** Whether the command has the flags of a mirror, or they are those of all commands. */
    boolean describeMirror() {
        return own.containsKey("--namespace") || own.isEmpty();
    }

    public Optional<OptionSpec> find(String flag) {
        return own(flag).or(() -> Optional.ofNullable(ofAllCommands().get(flag)));
    }

    /** Returns the names of the flags of all commands. */
    Set<String> names() {
        return ofAllCommands().keySet();
    }

    /** Returns the flags of all commands, without duplicates, in the order of the help. */
    public Map<String, OptionSpec> ofAllCommands() {
        Map<String, OptionSpec> known = others;
        if (known == null) {
            known = new LinkedHashMap<>();
            for (CommandLine command : all.get().getSubcommands().values()) {
                flags(command).forEach(known::putIfAbsent);
            }
            others = known;
        }
        return known;
    }
}
