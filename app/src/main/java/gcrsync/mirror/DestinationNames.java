package gcrsync.mirror;

import gcrsync.config.Destination;
import gcrsync.oci.RepositoryName;

/** What a source repository is called at the destination. */
public final class DestinationNames {
    private final Destination destination;

    public DestinationNames(Destination destination) {
        this.destination = destination;
    }

    /**
     * @param name relative to the namespace
     * @throws IllegalArgumentException if the name would become too long
     */
    public RepositoryName of(RepositoryName name) {
        return switch (destination) {
            case Destination.Folder folder -> name;
            case Destination.Registry registry -> {
                // Docker Hub has users and their repositories, nothing below.
                String leaf = registry.host().equals("docker.io") ? name.value().replace('/', '_') : name.value();
                yield new RepositoryName(registry.path().map(p -> p + "/").orElse("") + leaf);
            }
        };
    }

    /** Where a reader of the changelog finds the image. */
    public String link(RepositoryName to) {
        return switch (destination) {
            case Destination.Folder folder -> folder.path() + "/" + to;
            case Destination.Registry registry ->
                registry.host().equals("docker.io")
                        ? "https://hub.docker.com/r/" + to + "/tags"
                        : "https://" + registry.host() + "/" + to;
        };
    }
}
