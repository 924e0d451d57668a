package io.github.gcrsync.cli.wiring;

import io.github.gcrsync.cli.flags.Options;
import io.github.gcrsync.cli.flags.UsageException;
import io.github.gcrsync.content.Location;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.rule.Source;
import java.nio.file.Path;
import java.util.Optional;

/** The rule that flags describe. */
final class FlagRule {
    private FlagRule() {}

    static MirrorRule of(Options options) {
        try {
            return new MirrorRule(
                    Optional.empty(),
                    new Source(options.source.host, options.source.namespace),
                    options.selectionRules(),
                    options.tags.moves(),
                    destination(options.target),
                    options.naming.template,
                    options.platforms.wanted(),
                    options.naming.checkDestination,
                    options.selecting.processCount,
                    options.selecting.retryQuarantined);
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }

    private static Location destination(Options.Target given) {
        if (given.destination != null) {
            return given.destination;
        }
        if (given.user == null) {
            return new Location.Folder(Path.of("mirror"));
        }
        if (!RepositoryName.isValid(given.user)) {
            throw new UsageException(
                    "--dockeruser '" + given.user + "' is not a Docker Hub user; name the registry with --destination");
        }
        return new Location.Registry("docker.io", Optional.of(new RepositoryName(given.user)));
    }
}
