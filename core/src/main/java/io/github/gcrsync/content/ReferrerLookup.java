package io.github.gcrsync.content;

import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.DigestTags;
import io.github.gcrsync.oci.Manifest;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Finds what belongs to manifests of one repository: their referrers, and the artifacts under cosign's tags. */
public final class ReferrerLookup {
    /** Larger repositories are asked for single tags. */
    private static final int MOST_LISTED_TAGS = 10_000;

    /** In characters; a list is a manifest, which has at most 4 MiB. */
    private static final int LARGEST_ANNOTATIONS = 16 << 10;

    private final ImageSource source;
    private final Predicate<String> mayExist;
    private final boolean areTagsKnown;

    private ReferrerLookup(ImageSource source, Predicate<String> mayExist, boolean areTagsKnown) {
        this.source = source;
        this.mayExist = mayExist;
        this.areTagsKnown = areTagsKnown;
    }

    /** @param knownTags all tags of the repository; if empty, they are listed now */
    public static ReferrerLookup of(ImageSource source, Set<String> knownTags) {
        return knownTags.isEmpty() ? listed(source) : new ReferrerLookup(source, knownTags::contains, true);
    }

    /** Returns false if the source is known to have no referrers but under tags, and none of its tags is such a tag. */
    public static boolean mayFind(ImageSource source, Set<String> knownTags) {
        return !source.findsReferrersOnlyByTag()
                || knownTags.isEmpty()
                || knownTags.stream().anyMatch(DigestTags::isOne);
    }

    private static ReferrerLookup listed(ImageSource source) {
        try {
            List<String> tags = source.tags().limit(MOST_LISTED_TAGS + 1).toList();
            if (tags.size() <= MOST_LISTED_TAGS) {
                Set<String> found = tags.stream().filter(DigestTags::isOne).collect(Collectors.toSet());
                return new ReferrerLookup(source, found::contains, true);
            }
        } catch (ContentException e) {
            // Some registries list no tags.
        }
        return new ReferrerLookup(source, tag -> true, false);
    }

    /** Returns the list as the store has it. */
    public ReferrerList list(Digest subject) {
        return source.referrers(subject, mayExist);
    }

    /** Returns the digests in the list, each once. */
    public static List<String> digests(ReferrerList list, Digest subject) {
        Set<String> digests = list.referrers().stream()
                .map(referrer -> referrer.digest().value())
                .collect(Collectors.toCollection(LinkedHashSet::new));
        digests.remove(subject.value());
        return List.copyOf(digests);
    }

    /** Returns those tags of artifacts of the manifest that the repository has, or may have. */
    public List<String> artifactTags(Digest manifest) {
        return DigestTags.ofArtifacts(manifest).stream().filter(mayExist).toList();
    }

    /**
     * Returns empty if the artifact is gone. Some registries (Artifactory) deny reading a missing tag; a tag that is listed
     * exists.
     */
    public Optional<Manifest> artifact(String tag) {
        try {
            return manifest(tag);
        } catch (ContentException.Denied e) {
            if (areTagsKnown || e.areCredentialsRefused()) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private Optional<Manifest> manifest(String tagOrDigest) {
        try {
            return Optional.of(source.manifest(tagOrDigest));
        } catch (ContentException.NotFound e) {
            return Optional.empty();
        }
    }

    /** Returns empty if the manifest is gone, or has another subject: lists may be wrong. */
    public Optional<Manifest> referrer(String digest, Digest subject) {
        return manifest(digest)
                .filter(manifest -> manifest.subject().map(Descriptor::digest).equals(Optional.of(subject)));
    }

    /** Returns the referrer's entry for a list, without annotations that are too large for one. */
    public static Descriptor described(Manifest referrer) {
        Descriptor described = referrer.asReferrer();
        long size = described.annotations().entrySet().stream()
                .mapToLong(entry ->
                        (long) entry.getKey().length() + entry.getValue().length())
                .sum();
        return size <= LARGEST_ANNOTATIONS
                ? described
                : new Descriptor(
                        described.mediaType(),
                        described.digest(),
                        described.size(),
                        described.platform(),
                        described.artifactType(),
                        described.urls(),
                        Map.of());
    }
}
