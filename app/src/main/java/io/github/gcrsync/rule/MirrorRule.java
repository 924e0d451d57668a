package io.github.gcrsync.rule;

import io.github.gcrsync.content.Location;
import io.github.gcrsync.oci.RepositoryName;

/**
 * The user's settings for one mirror.
 *
 * @param registry the source host in canonical form
 * @param namespace a path of the source, or one repository
 * @param naming the names at the destination
 * @param checkDestination whether to look up every recorded image at the destination
 * @param maxCopies per run; negative: no limit
 * @param retryQuarantined whether to release all images from quarantine
 */
public record MirrorRule(
        String registry,
        RepositoryName namespace,
        SelectionRules selection,
        Location destination,
        NameTemplate naming,
        boolean checkDestination,
        int maxCopies,
        boolean retryQuarantined) {
    /**
     * @throws IllegalArgumentException if the destination is the source, so that the mirror would grow with each run
     */
    public MirrorRule {
        if (new DestinationNames(destination, naming, registry, namespace).areSource()) {
            throw new IllegalArgumentException("the destination " + destination
                    + " is the source: name another --destination, outside " + namespace + " or below it");
        }
    }

    public DestinationNames names() {
        return new DestinationNames(destination, naming, registry, namespace);
    }

    /** Returns {@code HOST/NAMESPACE}. */
    public String source() {
        return registry + "/" + namespace;
    }

    /** Returns a unique key of this mirror; for a folder it contains the absolute path. */
    public String key() {
        String to = destination instanceof Location.Folder folder
                ? folder.path().toAbsolutePath().toString()
                : names().recorded();
        return source() + " -> " + to;
    }
}
