package io.github.gcrsync.cli.flags;

import io.github.gcrsync.cli.settings.Settings;
import io.github.gcrsync.config.ConfigNode.Mapping;
import io.github.gcrsync.config.MirrorDefinition;
import io.github.gcrsync.config.Mirrors;
import io.github.gcrsync.config.Nearest;
import io.github.gcrsync.config.WholeRun;
import java.util.List;
import java.util.Optional;

/** The mirrors of the configuration file. {@link Settings} has refused flags that describe another one. */
public final class MirrorFile {
    private MirrorFile() {}

    /**
     * Returns the mirrors of the file, in its order; empty if it has none, so that flags describe the only mirror.
     *
     * @param names of the mirrors to return; empty for all
     * @throws UsageException if there is no mirror of such a name
     */
    public static List<MirrorDefinition> chosen(Options options, List<String> names) {
        Settings settings = options.settings();
        Optional<Mapping> file = settings.mirrors();
        if (file.isEmpty()) {
            if (!names.isEmpty()) {
                throw new UsageException(
                        settings.file().map(path -> path + " has no mirrors").orElse("there is no gcrsync.yaml")
                                + ", so there is no mirror '" + names.getFirst()
                                + "'; add the key 'mirrors', or name another file with --config");
            }
            return List.of();
        }
        WholeRun run = new WholeRun(
                options.isGiven("--processcount") ? Optional.of(options.selecting.processCount) : Optional.empty(),
                options.naming.checkDestination,
                options.referring.checkReferrers,
                options.selecting.retryQuarantined);
        List<MirrorDefinition> all = Mirrors.read(file.get(), run).definitions();
        List<String> existing = all.stream().map(MirrorDefinition::name).toList();
        names.stream().filter(name -> !existing.contains(name)).findFirst().ifPresent(name -> {
            throw new UsageException("there is no mirror '" + name + "' in "
                    + file.get().at().file() + Nearest.suggestion(name, existing));
        });
        return all.stream()
                .filter(mirror -> names.isEmpty() || names.contains(mirror.name()))
                .toList();
    }
}
