package io.github.gcrsync.cli.wiring;

import io.github.gcrsync.cli.flags.Options;
import io.github.gcrsync.cli.flags.UsageException;
import io.github.gcrsync.content.Location;
import io.github.gcrsync.layout.OciLayouts;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.rule.DestinationName;
import io.github.gcrsync.rule.MirrorRule;
import io.github.gcrsync.rule.Shard;
import io.github.gcrsync.rule.Source;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The mirror that flags describe: one rule for each destination. */
final class FlagRule {
    private FlagRule() {}

    static List<MirrorRule> of(Options options) {
        List<Location> destinations = destinations(options.target);
        return destinations.stream()
                .map(destination -> rule(options, destination, destinations.size() > 1))
                .toList();
    }

    private static MirrorRule rule(Options options, Location destination, boolean isOneOfSeveral) {
        try {
            return new MirrorRule(
                    Optional.empty(),
                    source(options),
                    options.selectionRules(),
                    options.tags.moves(),
                    destination,
                    DestinationName.of(destination, isOneOfSeveral),
                    options.naming.template,
                    options.platforms.wanted(),
                    options.signatures.required(),
                    options.referring.referrers,
                    options.naming.checkDestination,
                    options.referring.checkReferrers,
                    options.processCount(),
                    options.selecting.retryQuarantined,
                    Shard.WHOLE);
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }

    private static Source source(Options options) {
        Options.Source given = options.source;
        return switch (given.location) {
            case Location.Registry place when given.name == null -> new Source(place.host(), given.namespace);
            case Location.Registry _ ->
                throw new UsageException("--name names the only repository of a folder; with --source " + given.location
                        + ", set --namespace");
            case Location.Folder folder -> source(options, folder);
        };
    }

    private static Source source(Options options, Location.Folder folder) {
        Optional<RepositoryName> single = Optional.ofNullable(options.source.name);
        if (single.isPresent() && Files.isDirectory(folder.path()) && !OciLayouts.isLayout(folder.path())) {
            throw new UsageException("--name names the only repository of a folder, and " + folder
                    + " is not a single OCI image layout; remove --name");
        }
        String ledger = options.namespace()
                .or(folder::name)
                .or(() -> single)
                .map(RepositoryName::value)
                .orElseThrow(() -> new UsageException("the name of the folder " + folder
                        + " cannot be that of a folder in the metadata repository; set --namespace"));
        return new Source(folder, ledger, single);
    }

    static List<Location> destinations(Options.Target given) {
        if (!given.destinations.isEmpty()) {
            checkDestinations(given.destinations);
            return given.destinations;
        }
        if (given.user == null) {
            return List.of(new Location.Folder(Path.of("mirror")));
        }
        if (!RepositoryName.isValid(given.user)) {
            throw new UsageException(
                    "--dockeruser '" + given.user + "' is not a Docker Hub user; name the registry with --destination");
        }
        return List.of(new Location.Registry("docker.io", Optional.of(new RepositoryName(given.user))));
    }

    private static void checkDestinations(List<Location> destinations) {
        Set<Location> places = new HashSet<>();
        Set<String> names = new HashSet<>();
        for (Location destination : destinations) {
            if (!places.add(destination.absolute())) {
                throw new UsageException("--destination " + destination + " is given twice");
            }
            if (!names.add(DestinationName.of(destination, true).text())) {
                throw new UsageException("--destination " + destination
                        + " cannot be told from another one by its letters and digits; give them names with"
                        + " 'destinations' of a mirror in gcrsync.yaml");
            }
        }
    }
}
