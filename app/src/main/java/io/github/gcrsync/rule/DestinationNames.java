package io.github.gcrsync.rule;

import io.github.gcrsync.content.Location;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.oci.Tag;
import java.util.Optional;
import java.util.function.Function;

/** What a source image is called at the destination. */
public final class DestinationNames {
    private final Location destination;
    private final NameTemplate template;
    private final String registry;
    private final RepositoryName namespace;

    /** An image's place at the destination: the repository's whole name there, and the tag. */
    public record Target(RepositoryName repository, String tag) {}

    /** @param registry the source's host, for templates that use it */
    public DestinationNames(Location destination, NameTemplate template, String registry, RepositoryName namespace) {
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
        return new Target(new RepositoryName(destination.nameOf(named.repository())), Tag.checked(named.tag()));
    }

    /** The same for many tags of one repository: what they have in common is worked out once. */
    public Function<String, Target> of(RepositoryName name) {
        return common(name)
                .<Function<String, Target>>map(common -> tag -> new Target(common, Tag.checked(tag)))
                .orElse(tag -> of(name, tag));
    }

    /** All images of a repository, whatever their tags, get into this one; empty if that is not so. */
    public Optional<RepositoryName> common(RepositoryName name) {
        try {
            return template.isByRepository() ? Optional.of(of(name, "any").repository()) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // Said of each image.
        }
    }

    /** Whether tags of one repository stay in one repository under their own names. */
    public boolean keepsTags() {
        return template.keepsTags();
    }

    /** Whether the mirror's repositories would be the source's own, or not to be told apart from them. */
    public boolean areSource() {
        return beginningInSource().filter((namespace + "/")::equals).isPresent();
    }

    /** Whether a repository of the source is one that this mirror makes inside the source's namespace. */
    public boolean isMirror(RepositoryName repository) {
        return beginningInSource()
                        .filter(beginning -> repository.value().startsWith(beginning))
                        .isPresent()
                || isItself(repository);
    }

    /** As {@code library/nginx} would be if it alone is mirrored into {@code library} of its own registry. */
    private boolean isItself(RepositoryName repository) {
        return destination.server().equals(registry)
                && common(repository.relativeTo(namespace))
                        .filter(repository::equals)
                        .isPresent();
    }

    /** What the mirror's names begin with, if all of them lie in the source's namespace. */
    private Optional<String> beginningInSource() {
        return Optional.of(destination.nameOf(template.beginning(registry, namespace)))
                .filter(beginning -> destination.server().equals(registry) && beginning.startsWith(namespace + "/"));
    }

    /** As the ledger remembers it: other names than the usual ones are other images. */
    public String recorded() {
        return template.equals(NameTemplate.DEFAULT) ? destination.toString() : destination + " " + template;
    }

    /**
     * The names that a ledger speaks of.
     *
     * @param recorded by {@link #recorded}, maybe by another version of gcrsync
     * @param source the host that the ledger's images came from, if it is known
     * @return empty if they cannot be told
     */
    public static Optional<DestinationNames> parse(String recorded, Optional<String> source, RepositoryName namespace) {
        int blank = recorded.lastIndexOf(' ');
        boolean named = recorded.indexOf('{', Math.max(blank, 0)) > 0;
        try {
            NameTemplate template = named ? NameTemplate.parse(recorded.substring(blank + 1)) : NameTemplate.DEFAULT;
            Location destination = Location.parse(named ? recorded.substring(0, blank) : recorded);
            return source.isEmpty() && template.toString().contains("{registry}")
                    ? Optional.empty()
                    : Optional.of(new DestinationNames(destination, template, source.orElse(""), namespace));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    /** Whether both are in one registry, or both in folders: else no two of their repositories are the same. */
    public boolean mayMeet(DestinationNames other) {
        return destination.mayMeet(other.destination);
    }

    /** A repository of the destination among all there are: {@code HOST/NAME}, or the absolute path of its layout. */
    public String address(RepositoryName to) {
        return destination.address(to);
    }

    /** Where a reader of the changelog finds the image. */
    public String link(RepositoryName to) {
        return destination.link(to);
    }
}
