package io.github.gcrsync.rule;

import io.github.gcrsync.content.Location;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.oci.Tag;
import java.util.Optional;
import java.util.function.Function;

/** Maps source images to their names at the destination. */
public final class DestinationNames {
    private final Location destination;
    private final NameTemplate template;
    private final Source source;

    /** The full repository name and the tag at the destination, or the digest of an image without a tag. */
    public record Target(RepositoryName repository, String tag) {}

    public DestinationNames(Location destination, NameTemplate template, Source source) {
        this.destination = destination;
        this.template = template;
        this.source = source;
    }

    /**
     * @param name relative to the source
     * @param reference a tag or a digest; a digest stays the same
     * @throws IllegalArgumentException if the resulting name is invalid
     */
    public Target of(RepositoryName name, String reference) {
        if (Digest.isValid(reference)) {
            return new Target(
                    common(name)
                            .orElseThrow(() -> new IllegalArgumentException(
                                    "the name template " + template + " needs a tag, and the image has only a digest")),
                    reference);
        }
        NameTemplate.Name named = template.name(source, name, reference);
        return new Target(new RepositoryName(destination.nameOf(named.repository())), Tag.checked(named.tag()));
    }

    /** Returns the mapping for the tags of one repository; the common part is computed once. */
    public Function<String, Target> of(RepositoryName name) {
        return common(name)
                .<Function<String, Target>>map(
                        common -> tag -> new Target(common, Digest.isValid(tag) ? tag : Tag.checked(tag)))
                .orElse(tag -> of(name, tag));
    }

    /** Returns the destination repository that receives all tags of a repository, or empty if it depends on the tag. */
    public Optional<RepositoryName> common(RepositoryName name) {
        try {
            return template.isByRepository() ? Optional.of(of(name, "any").repository()) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // Reported for each image.
        }
    }

    /** Whether only images of different repositories can get the same name; see {@link NameTemplate#keepsTags}. */
    public boolean keepsTags() {
        return template.keepsTags();
    }

    /** Whether the mirror would overwrite the source's own repositories. */
    public boolean areSource() {
        return prefixInSource().filter(source.prefix()::equals).isPresent();
    }

    /** Whether a source repository is one that this mirror creates inside the source namespace. */
    public boolean isMirror(RepositoryName repository) {
        return prefixInSource()
                        .filter(prefix -> repository.value().startsWith(prefix))
                        .isPresent()
                || isItself(repository);
    }

    /**
     * Detects a repository that would be mirrored onto itself: {@code library/nginx} into {@code library} of the same
     * registry.
     */
    private boolean isItself(RepositoryName repository) {
        return destination.server().equals(source.location().server())
                && common(source.relative(repository))
                        .filter(repository::equals)
                        .isPresent();
    }

    /** Returns the prefix of all destination names if it lies in the source. */
    private Optional<String> prefixInSource() {
        return Optional.of(destination.nameOf(template.prefix(source)))
                .filter(prefix ->
                        destination.server().equals(source.location().server()) && prefix.startsWith(source.prefix()));
    }

    /** Returns the destination as the ledger records it; a custom template is part of it. */
    public String recorded() {
        return template.equals(NameTemplate.DEFAULT) ? destination.toString() : destination + " " + template;
    }

    /**
     * Parses the destination recorded in a ledger.
     *
     * @param recorded written by {@link #recorded}, possibly of another version of gcrsync
     * @param host of the ledger's images, if known
     * @param path of the ledger's source; empty for a whole registry
     * @return empty if the text cannot be parsed, or if the template needs an unknown source
     */
    public static Optional<DestinationNames> parse(
            String recorded, Optional<String> host, Optional<RepositoryName> path) {
        int blank = recorded.lastIndexOf(' ');
        boolean named = recorded.indexOf('{', Math.max(blank, 0)) > 0;
        try {
            NameTemplate template = named ? NameTemplate.parse(recorded.substring(blank + 1)) : NameTemplate.DEFAULT;
            Location destination = Location.parse(named ? recorded.substring(0, blank) : recorded);
            return host.isEmpty() && template.toString().contains("{registry}")
                    ? Optional.empty()
                    : Optional.of(new DestinationNames(destination, template, new Source(host.orElse(""), path)));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    /**
     * Whether both are in the same registry, or both in folders. Otherwise no two of their repositories are the same.
     */
    public boolean mayMeet(DestinationNames other) {
        return destination.mayMeet(other.destination);
    }

    /**
     * Returns a globally unique address of a destination repository: {@code HOST/NAME}, or the absolute path of its
     * layout.
     */
    public String address(RepositoryName to) {
        return destination.address(to);
    }

    /** Returns the link to the image for the changelog. */
    public String link(RepositoryName to) {
        return destination.link(to);
    }
}
