package io.github.gcrsync.check.drift;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.ReferrerTypes;
import java.util.List;
import java.util.Optional;

/**
 * A manifest at the destination with everything below it.
 *
 * @param absent why the destination lacks it; the rest is empty then
 * @param referrer what it is as a referrer; empty if it cannot be read
 * @param manifests it and those that it names, at any depth, as far as they can be read
 */
record Tree(
        Optional<ContentException> absent,
        Optional<Referrer> referrer,
        List<Digest> manifests,
        List<Problem> problems) {

    /** @param isWanted whether the rule mirrors such referrers */
    record Referrer(Optional<Digest> subject, boolean isWanted, boolean isSignature) {
        static Referrer of(Manifest manifest, ReferrerTypes wanted) {
            return new Referrer(
                    manifest.subject().map(Descriptor::digest),
                    wanted.include(manifest),
                    ReferrerTypes.isSignature(manifest));
        }
    }

    Tree {
        manifests = List.copyOf(manifests);
        problems = List.copyOf(problems);
    }

    static Tree absent(ContentException reason) {
        return new Tree(Optional.of(reason), Optional.empty(), List.of(), List.of());
    }

    static Tree unreadable(Problem problem) {
        return new Tree(Optional.empty(), Optional.empty(), List.of(), List.of(problem));
    }
}
