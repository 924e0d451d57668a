package io.github.gcrsync.cli.settings;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The flags that variables and files can set: those of the command that runs, and those that only others have. */
public final class KnownFlags {
    private final Map<String, OptionSpec> own;
    private final Supplier<CommandLine> all;
    private @Nullable Map<String, OptionSpec> others;

    /** @param all every command; asked only about a name that the first one does not have, for it takes long to make */
    public KnownFlags(CommandLine command, Supplier<CommandLine> all) {
        this.own = flags(command);
        this.all = all;
    }

    public static Map<String, OptionSpec> flags(CommandLine command) {
        Map<String, OptionSpec> flags = new LinkedHashMap<>();
        command.getCommandSpec().options().stream()
                .filter(option -> !option.usageHelp() && !option.versionHelp())
                .forEach(option -> flags.put(option.longestName(), option));
        return flags;
    }

    Optional<OptionSpec> own(String flag) {
        return Optional.ofNullable(own.get(flag));
    }

    public Optional<OptionSpec> find(String flag) {
        return own(flag).or(() -> Optional.ofNullable(others().get(flag)));
    }

    /** Of all commands. */
    Set<String> names() {
        return others().keySet();
    }

    /** Of all commands, each once, in the order of their help. */
    public Map<String, OptionSpec> others() {
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
