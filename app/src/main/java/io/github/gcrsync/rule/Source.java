package io.github.gcrsync.rule;

import io.github.gcrsync.content.Location;
import io.github.gcrsync.oci.Reference;
import io.github.gcrsync.oci.RepositoryName;
import java.util.Optional;

/**
 * The registry, or the path in it, whose images a mirror copies. Names of repositories below the path are relative to
 * it; a repository at the path itself is called by its last component.
 *
 * @param registry in canonical form
 */
public record Source(String registry, Optional<RepositoryName> path) {
    public Source(String registry, RepositoryName path) {
        this(Reference.canonicalHost(registry), Optional.of(path));
    }

    /** @throws IllegalArgumentException if the text is not {@code HOST[/PATH]} */
    public static Source parse(String text) {
        if (Location.parse(text) instanceof Location.Registry(String host, Optional<RepositoryName> path)) {
            return new Source(host, path);
        }
        throw new IllegalArgumentException("a source is a registry; write HOST or HOST/PATH");
    }

    public RepositoryName relative(RepositoryName full) {
        return path.map(full::relativeTo).orElse(full);
    }

    /** Returns the full name of a repository below the path. */
    public RepositoryName full(RepositoryName relative) {
        return path.map(above -> above.resolve(relative.value())).orElse(relative);
    }

    /** Returns the beginning of all full names below the path; empty for a whole registry. */
    String prefix() {
        return path.map(name -> name + "/").orElse("");
    }

    public Location.Registry location() {
        return new Location.Registry(registry, path);
    }

    /** Returns {@code HOST[/PATH]}. */
    @Override
    public String toString() {
        return location().toString();
    }
}
