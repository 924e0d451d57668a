package gcrsync.mirror;

import gcrsync.config.Destination;
import gcrsync.config.NameTemplate;
import gcrsync.oci.RepositoryName;
import gcrsync.oci.Tag;
import java.util.function.Function;

/** What a source image is called at the destination. */
public final class DestinationNames {
    private static final String DOCKER_HUB = "docker.io";

    private final Destination destination;
    private final NameTemplate template;
    private final String registry;
    private final RepositoryName namespace;

    /** An image's place at the destination: the repository's whole name there, and the tag. */
    public record Target(RepositoryName repository, String tag) {}

    /** @param registry the source's host, for templates that use it */
    public DestinationNames(Destination destination, NameTemplate template, String registry, RepositoryName namespace) {
        this.destination = destination;
        this.template = template;
        this.registry = registry;
        this.namespace = namespace;
    }

    /**
     * @param name relative to the namespace
     * @throws IllegalArgumentException if the image's name there would not be a valid one
     */
    public Target of(RepositoryName name, String tag) {
        NameTemplate.Name named = template.name(registry, namespace, name, tag);
        return new Target(repository(named.repository()), Tag.checked(named.tag()));
    }

    /** The same for many tags of one repository: what they have in common is worked out once. */
    Function<String, Target> of(RepositoryName name) {
        if (template.isByRepository()) {
            try {
                RepositoryName common = of(name, "any").repository();
                return tag -> new Target(common, Tag.checked(tag));
            } catch (IllegalArgumentException e) {
                // Said of each image below.
            }
        }
        return tag -> of(name, tag);
    }

    /** Whether tags of one repository stay in one repository under their own names. */
    boolean keepsTags() {
        return template.keepsTags();
    }

    private RepositoryName repository(String leaf) {
        return switch (destination) {
            case Destination.Folder folder -> new RepositoryName(leaf);
            case Destination.Registry place -> {
                // Docker Hub has users and their repositories, nothing below.
                String allowed = place.host().equals(DOCKER_HUB) ? leaf.replace('/', '_') : leaf;
                yield new RepositoryName(place.path().map(p -> p + "/").orElse("") + allowed);
            }
        };
    }

    /** Where a reader of the changelog finds the image. */
    public String link(RepositoryName to) {
        return switch (destination) {
            case Destination.Folder folder -> folder.path() + "/" + to;
            case Destination.Registry place ->
                place.host().equals(DOCKER_HUB)
                        ? "https://hub.docker.com/r/" + to + "/tags"
                        : "https://" + place.host() + "/" + to;
        };
    }
}
