package io.github.gcrsync.check;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.content.ReferrerLookup;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.content.TaggedArtifact;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.DigestTags;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.plan.CopyTask;
import io.github.gcrsync.plan.ReferrerTags;
import io.github.gcrsync.rule.MirrorRule;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Finds what the destination lacks of the referrers of an image that is the same on both sides. */
public final class ReferrerComparison {
    /** As deep as the copy goes. */
    private static final int DEEPEST = 8;

    private final MirrorRule rule;
    private final Store source;
    private final ReferrerTags tags;
    private final Store destination;

    public ReferrerComparison(MirrorRule rule, Store source, ReferrerTags tags, Store destination) {
        this.rule = rule;
        this.source = source;
        this.tags = tags;
        this.destination = destination;
    }

    /**
     * Returns the digests and tags of what is missing. Without {@code --check-referrers} it costs no request, and only the
     * tags of signatures, attestations and SBOMs of the image itself are compared.
     *
     * @param tagsThere tags of the repository at the destination
     */
    Set<String> missing(CopyTask image, Set<String> tagsThere) {
        if (rule.referrers().areNone()) {
            return Set.of();
        }
        return rule.checkReferrers() ? lacking(image).keySet() : missingTags(image, tagsThere);
    }

    /** Returns the referrers of an image that only the source has, by digest or tag, after comparing all of them. */
    public Map<String, Manifest> lacking(CopyTask image) {
        return new Walk(image).missing();
    }

    private Set<String> missingTags(CopyTask image, Set<String> tagsThere) {
        Set<String> missing = new LinkedHashSet<>(DigestTags.ofArtifacts(image.stored()));
        missing.retainAll(tags.listed(image.from()));
        missing.removeAll(tagsThere);
        return rule.referrers().areAll() ? missing : Set.of();
    }

    /** Reads what belongs to one image, from its manifests to the referrers of referrers. */
    private final class Walk {
        private final CopyTask image;
        private final ImageSource from;
        private final ReferrerLookup lookup;
        private final Set<Digest> seen = new HashSet<>();
        private final Map<String, Manifest> missing = new LinkedHashMap<>();

        Walk(CopyTask image) {
            this.image = image;
            this.from = source.repository(image.from());
            this.lookup = ReferrerLookup.of(from, tags.known(image.from()));
        }

        Map<String, Manifest> missing() {
            if (ReferrerLookup.mayFind(from, tags.known(image.from()))) {
                look(from.manifest(image.digest().value()), 0);
            }
            return missing;
        }

        private void look(Manifest manifest, int depth) {
            Digest digest = manifest.descriptor().digest();
            if (depth > DEEPEST || !seen.add(digest)) {
                return;
            }
            if (!digest.equals(image.digest()) || image.as().isEmpty()) {
                for (String name : ReferrerLookup.digests(lookup.list(digest), digest)) {
                    lookup.referrer(name, digest).ifPresent(referrer -> found(name, referrer, depth));
                }
                for (String tag : lookup.artifactTags(digest)) {
                    lookup.artifact(tag).ifPresent(artifact -> found(tag, artifact, depth));
                }
            }
            for (Descriptor child : rule.platforms().among(manifest.children())) {
                if (MediaType.isManifest(child.mediaType())) {
                    lookup.artifact(child.digest().value()).ifPresent(found -> look(found, depth + 1));
                }
            }
        }

        private void found(String name, Manifest referrer, int depth) {
            if (!rule.referrers().include(referrer)) {
                return;
            }
            if (isAtDestination(name, referrer)) {
                look(referrer, depth + 1);
            } else {
                missing.put(name, referrer);
            }
        }

        /** The tag of an artifact may have more signatures there. */
        private boolean isAtDestination(String name, Manifest referrer) {
            try {
                if (Digest.isValid(name)) {
                    return destination.repository(image.to()).resolve(name).isPresent();
                }
                return TaggedArtifact.isAt(destination.repository(image.to()), name, referrer);
            } catch (ContentException.Incomplete | ContentException.Unsupported e) {
                return false; // A tag may lack some, and have others.
            }
        }
    }
}
