package io.github.gcrsync.rule;

import io.github.gcrsync.content.Location;
import io.github.gcrsync.oci.Reference;
import io.github.gcrsync.oci.RepositoryName;
import java.util.Optional;

/**
 * The registry, the path in it, or the folder whose images a mirror copies. Names of repositories below a path are
 * relative to it; a repository at the path itself is called by its last component.
 *
 * @param ledger the folder in the metadata repository of a mirror without a name
 * @param single the name of the repository if the location is a single image layout; empty: the folder's name
 */
public record Source(Location location, String ledger, Optional<RepositoryName> single) {
    /**
     * @param registry in any form
     * @param path empty for a whole registry
     */
    public Source(String registry, Optional<RepositoryName> path) {
        this(new Location.Registry(Reference.canonicalHost(registry), path));
    }

    public Source(String registry, RepositoryName path) {
        this(registry, Optional.of(path));
    }

    private Source(Location.Registry place) {
        this(place, place.path().map(RepositoryName::value).orElse(place.host()), Optional.empty());
    }

    /** @throws IllegalArgumentException if the text is neither {@code HOST[/PATH]} nor {@code oci:DIR} */
    public static Source parse(String text) {
        return switch (Location.parse(text)) {
            case Location.Registry place -> new Source(place);
            case Location.Folder folder -> new Source(folder, "", Optional.empty());
        };
    }

    /** Returns the path in a registry; empty for a whole registry and for a folder. */
    public Optional<RepositoryName> path() {
        return location instanceof Location.Registry place ? place.path() : Optional.empty();
    }

    /** Returns the registry in canonical form; empty for a folder. */
    public Optional<String> registry() {
        return location instanceof Location.Registry place ? Optional.of(place.host()) : Optional.empty();
    }

    public RepositoryName relative(RepositoryName full) {
        return path().map(full::relativeTo).orElse(full);
    }

    /** Returns the full name of a repository below the path. */
    public RepositoryName full(RepositoryName relative) {
        return path().map(above -> above.resolve(relative.value())).orElse(relative);
    }

    /** Returns the beginning of all full names below the path; empty for a whole registry and for a folder. */
    String prefix() {
        return path().map(name -> name + "/").orElse("");
    }

    /** Returns {@code HOST[/PATH]} or {@code oci:DIR}. */
    @Override
    public String toString() {
        return location.toString();
    }
}
