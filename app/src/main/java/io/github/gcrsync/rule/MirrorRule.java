package io.github.gcrsync.rule;

import io.github.gcrsync.content.Location;
import io.github.gcrsync.oci.RepositoryName;

/**
 * Everything that a user wants of one mirror.
 *
 * @param registry the source's host, in its canonical form
 * @param namespace below which the images are, or one repository
 * @param naming how they are called at the destination
 * @param checkDestination whether every recorded image is looked for at the destination too
 * @param mostCopies in one run; negative: all
 * @param retryQuarantined whether images are let out of quarantine
 */
public record MirrorRule(
        String registry,
        RepositoryName namespace,
        SelectionRules selection,
        Location destination,
        NameTemplate naming,
        boolean checkDestination,
        int mostCopies,
        boolean retryQuarantined) {
    /** @throws IllegalArgumentException if the destination is the source, so that the mirror would grow with each run */
    public MirrorRule {
        if (new DestinationNames(destination, naming, registry, namespace).areSource()) {
            throw new IllegalArgumentException("the destination " + destination
                    + " is the source: name another --destination, outside " + namespace + " or below it");
        }
    }

    public DestinationNames names() {
        return new DestinationNames(destination, naming, registry, namespace);
    }

    /** {@code HOST/NAMESPACE}. */
    public String source() {
        return registry + "/" + namespace;
    }

    /** Which images go where; another mirror has another key, and a folder has the same from wherever it is named. */
    public String key() {
        String to = destination instanceof Location.Folder folder
                ? folder.path().toAbsolutePath().toString()
                : names().recorded();
        return source() + " -> " + to;
    }
}
