package io.github.gcrsync.rule;

import io.github.gcrsync.content.Location;
import io.github.gcrsync.oci.Platforms;
import java.util.Optional;

/**
 * The user's settings for one mirror at one destination. A mirror with several destinations has a rule for each, which
 * differ in nothing else.
 *
 * @param name of a mirror in a file; empty for the mirror that flags describe
 * @param destinationName unique in the mirror
 * @param naming the names at the destination
 * @param platforms of the images that are copied
 * @param checkDestination whether to look up every recorded image at the destination
 * @param maxCopies per run; negative: no limit
 * @param retryQuarantined whether to release all images from quarantine
 */
public record MirrorRule(
        Optional<String> name,
        Source source,
        SelectionRules selection,
        TagMoves moves,
        Location destination,
        DestinationName destinationName,
        NameTemplate naming,
        Platforms platforms,
        boolean checkDestination,
        int maxCopies,
        boolean retryQuarantined) {
    /**
     * @throws IllegalArgumentException if the destination is the source, so that the mirror would grow with each run, or
     *     if the names need a path that the source lacks
     */
    public MirrorRule {
        if (source.path().isEmpty() && naming.toString().contains("{namespace}")) {
            throw new IllegalArgumentException(
                    "the name template " + naming + " contains {namespace}, and the source " + source + " has no path");
        }
        if (new DestinationNames(destination, naming, source).areSource()) {
            throw new IllegalArgumentException("the destination " + destination
                    + " is the source: choose a destination outside " + source + " or below it");
        }
    }

    public DestinationNames names() {
        return new DestinationNames(destination, naming, source);
    }

    /**
     * Returns {@code NAME: } before the output of a mirror of a file, {@code NAME to DESTINATION: } if it has several
     * destinations; nothing before that of flags.
     */
    public String prefix() {
        String to = shownDestination().map(shown -> "to " + shown).orElse("");
        String words = name.map(known -> known + (to.isEmpty() ? "" : " ")).orElse("") + to;
        return words.isEmpty() ? "" : words + ": ";
    }

    /** Returns {@code NAME: } for a mirror of a file, whatever its destinations. */
    public String mirrorPrefix() {
        return name.map(known -> known + ": ").orElse("");
    }

    /** Returns the name of the destination if the mirror has several. */
    public Optional<String> shownDestination() {
        return Optional.of(destinationName).filter(DestinationName::isShown).map(DestinationName::text);
    }

    /** Whether both rules are for one mirror. */
    public boolean isOfSameMirror(MirrorRule other) {
        return name.equals(other.name);
    }

    /** Returns the folder of the mirror in the metadata repository. */
    public String folder() {
        return name.or(() -> source.path().map(Object::toString)).orElse(source.registry());
    }

    /** Returns a hash of the settings that change the content of images; empty for the defaults. */
    public String contentRule() {
        return platforms.hash();
    }

    /** Returns a unique key of this mirror; for a folder it contains the absolute path. */
    public String key() {
        String to = new DestinationNames(destination.absolute(), naming, source).recorded();
        return mirrorPrefix() + source + " -> " + to;
    }
}
