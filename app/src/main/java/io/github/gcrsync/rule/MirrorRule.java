package io.github.gcrsync.rule;

import io.github.gcrsync.content.Location;
import io.github.gcrsync.oci.Platforms;
import io.github.gcrsync.oci.ReferrerTypes;
import io.github.gcrsync.oci.RepositoryName;
import java.util.List;
import java.util.Optional;

/**
 * The user's settings for one mirror at one destination. A mirror with several destinations has a rule for each, which
 * differ in nothing else.
 *
 * @param name of a mirror in a file; empty for the mirror that flags describe
 * @param destinationName unique in the mirror
 * @param naming the names at the destination
 * @param platforms of the images that are copied
 * @param signature without which no image is copied
 * @param referrers that are mirrored with an image: signatures, attestations and SBOMs
 * @param checkDestination whether to look up every recorded image at the destination
 * @param checkReferrers whether to look for new referrers of every recorded image
 * @param maxCopies per run; negative: no limit
 * @param retryQuarantined whether to release all images from quarantine
 * @param shard to which a run is limited
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
        RequiredSignature signature,
        ReferrerTypes referrers,
        boolean checkDestination,
        boolean checkReferrers,
        int maxCopies,
        boolean retryQuarantined,
        Shard shard) {
    /**
     * @throws IllegalArgumentException if the destination is the source, so that the mirror would grow with each run, or
     *     if the names need a registry or a path that the source lacks
     */
    public MirrorRule {
        naming.check(source);
        if (source.location() instanceof Location.Folder from
                && destination instanceof Location.Folder to
                && from.overlaps(to)) {
            throw new IllegalArgumentException("the destination " + destination + " and the source " + source
                    + " are the same folder, or one contains the other: choose separate folders");
        }
        if (new DestinationNames(destination, naming, source).areSource()) {
            throw new IllegalArgumentException("the destination " + destination
                    + " is the source: choose a destination outside " + source + " or below it");
        }
    }

    /**
     * By whom an image must be signed.
     *
     * @param keys files of public keys, or {@code env:NAME} for variables that hold one; empty: no signature is required
     * @param byAll whether the holder of each key must have signed
     * @param ofPlatforms whether each image of an index needs a signature too
     */
    public record RequiredSignature(List<String> keys, boolean byAll, boolean ofPlatforms) {
        public static final RequiredSignature NONE = new RequiredSignature(List.of(), false, false);
        public static final String VARIABLE = "env:";

        public RequiredSignature {
            keys = List.copyOf(keys);
        }

        /** @throws IllegalArgumentException if the text is neither a file nor a variable */
        public static String checkedKey(String key) {
            if (key.startsWith("-----BEGIN")) {
                throw new IllegalArgumentException(
                        "this is a key itself; write the name of its file, or env:NAME for a variable that holds it");
            }
            if (key.contains("://")) {
                throw new IllegalArgumentException("keys at a URL and in a key management service are not supported;"
                        + " save the public key with \"cosign public-key --key URL\", and write the name of that file");
            }
            if (key.isBlank() || key.equals(VARIABLE)) {
                throw new IllegalArgumentException(
                        "the name of the key is missing; write the name of its file, or env:NAME");
            }
            return key;
        }
    }

    /**
     * Limits the rule to a shard.
     *
     * @throws IllegalArgumentException if runs of different shards could write the same name without noticing
     */
    public MirrorRule within(Shard part) {
        if (!part.isWhole() && !naming.separatesRepositories()) {
            throw new IllegalArgumentException("images of different repositories could get the same name by the name"
                    + " template " + naming + ", and only one run of the whole mirror would notice; use a name template"
                    + " with {repository} before the colon and {tag} after it, or no --shard");
        }
        return new MirrorRule(
                name,
                source,
                selection,
                moves,
                destination,
                destinationName,
                naming,
                platforms,
                signature,
                referrers,
                checkDestination,
                checkReferrers,
                maxCopies,
                retryQuarantined,
                part);
    }

    /** Whether the repository, whose name is relative to the source, belongs to the shard of this run. */
    public boolean isInShard(RepositoryName repository) {
        return shard.isWhole() || shard.includes(inRegistry(repository));
    }

    /** Returns the shard that the repository belongs to. */
    public Shard shardOf(RepositoryName repository) {
        return shard.of(inRegistry(repository));
    }

    /** The repository at the path of the source, and one below it with the same name, belong to the same shard. */
    private String inRegistry(RepositoryName repository) {
        return source.registry().map(host -> host + "/").orElse("")
                + source.path()
                        .filter(path -> source.relative(path).equals(repository))
                        .orElseGet(() -> source.full(repository));
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
        return name.orElse(source.ledger());
    }

    /** Returns a hash of the settings that change the content of images; empty for the defaults. */
    public String contentRule() {
        return platforms.hash();
    }

    /** Returns a unique key of this mirror or shard of it; for a folder it contains the absolute path. */
    public String key() {
        String to = new DestinationNames(destination.absolute(), naming, source).recorded();
        return mirrorPrefix() + source.location().absolute() + " -> " + to
                + (shard.isWhole() ? "" : ", " + shard.words());
    }
}
