package io.github.gcrsync.config;

import io.github.gcrsync.config.ConfigNode.Entry;
import io.github.gcrsync.config.ConfigNode.Kind;
import io.github.gcrsync.config.ConfigNode.Mapping;
import io.github.gcrsync.config.ConfigNode.Scalar;
import io.github.gcrsync.oci.Reference;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.oci.Tag;
import io.github.gcrsync.rule.NamePattern;
import io.github.gcrsync.rule.NamedImage;
import io.github.gcrsync.rule.Source;
import io.github.gcrsync.rule.TagSelection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads the images that a mirror names.
 *
 * @param source empty if it is not known
 */
record ImageNames(Problems problems, TagSelections selections, Optional<Source> source) {
    private static final String KEY = "images";

    /** @param usual for a name alone; its {@code exclude} also applies to a name with a selection */
    Optional<NamedImage> read(ConfigNode image, TagSelection usual) {
        return image instanceof Mapping mapping
                ? selected(mapping, usual)
                : problems.value(KEY, image, text -> NamedImage.parse(relative(text), usual));
    }

    private Optional<NamedImage> selected(Mapping image, TagSelection usual) {
        if (image.entries().size() != 1) {
            problems.add(
                    image.entries().isEmpty()
                            ? image.at()
                            : image.entries().get(1).at(),
                    misplaced(image));
            return Optional.empty();
        }
        Entry entry = image.entries().getFirst();
        String name = entry.key();
        if (name.contains(":") || name.contains("@")) {
            problems.add(entry.at(), "only a name without tag and digest has a selection; write NAME: SELECTION");
            return Optional.empty();
        }
        Optional<RepositoryName> repository = repository(entry);
        if (entry.value() instanceof Scalar scalar && scalar.kind() == Kind.NOTHING) {
            problems.add(
                    entry.at(), "'" + name + "' has no selection; for the tags that 'tags' selects, remove the colon");
            return Optional.empty();
        }
        Optional<Mapping> keys = selections.keys(name, entry.value(), advice(entry));
        return keys.flatMap(found -> {
            List<NamePattern> excluded = Stream.concat(usual.exclude().stream(), selections.excluded(found).stream())
                    .distinct()
                    .toList();
            TagSelection selection = selections.of(found, excluded);
            return repository.map(known -> new NamedImage.Tags(known, selection));
        });
    }

    private static String misplaced(Mapping image) {
        if (image.entries().isEmpty()) {
            return "an image is missing; write NAME, NAME:TAG or NAME: SELECTION";
        }
        String name = image.entries().getFirst().key();
        String second = image.entries().get(1).key();
        return TagSelections.KEYS.contains(second)
                ? "'" + second + "' belongs to the selection of " + name + "; indent it further"
                : "'" + second + "' is a second image in one list item; begin its line with '- '";
    }

    /** The blank makes the tag a value. */
    private static String advice(Entry entry) {
        return entry.value() instanceof Scalar scalar && Tag.isValid(scalar.text())
                ? "; for the tag write " + entry.key() + ":" + scalar.text() + " without a blank"
                : "";
    }

    private Optional<RepositoryName> repository(Entry entry) {
        try {
            return Optional.of(new RepositoryName(relative(entry.key())));
        } catch (IllegalArgumentException e) {
            problems.add(entry.at(), "'" + KEY + "': " + e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * Returns the image below the source.
     *
     * @throws IllegalArgumentException if the name contains the source
     */
    private String relative(String image) {
        if (source.isEmpty()) {
            return image;
        }
        Source from = source.get();
        int slash = image.indexOf('/');
        boolean hasHost =
                slash > 0 && from.registry().equals(Optional.of(Reference.canonicalHost(image.substring(0, slash))));
        String path = hasHost ? image.substring(slash + 1) : image;
        String prefix = from.path().map(above -> above + "/").orElse("");
        if (hasHost || (!prefix.isEmpty() && path.startsWith(prefix))) {
            throw new IllegalArgumentException(
                    path.startsWith(prefix)
                            ? "images are named below the source " + from + "; write " + path.substring(prefix.length())
                            : image + " is not below the source " + from);
        }
        boolean isOfficial = from.path().isEmpty() && from.registry().equals(Optional.of("docker.io")) && slash < 0;
        return isOfficial ? "library/" + image : image;
    }
}
