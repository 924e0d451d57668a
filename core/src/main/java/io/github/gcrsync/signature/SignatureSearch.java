package io.github.gcrsync.signature;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.content.ReferrerList;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Finds the signatures of one image and passes them to its trial. A referrer is judged by its manifest: the descriptors in
 * lists of referrers are wrong where old clients maintained them. Referrers of referrers are not read.
 */
final class SignatureSearch {
    private static final int MOST_REFERRERS = 100;
    private static final Set<String> LAYERS = Set.of(SimpleSigning.MEDIA_TYPE, SigstoreBundle.MEDIA_TYPE);
    private static final Set<String> ARTIFACTS = Set.of(SimpleSigning.ARTIFACT_TYPE, SigstoreBundle.MEDIA_TYPE);

    private static final Claim NAMED_ONLY = new Claim.Damaged("is no signature, although it is named as one");

    private final ImageSource source;
    private final Digest image;
    private final Predicate<String> mayExist;
    private final Trial trial;
    private final SignatureLayers layers;

    /** @param mayExist whether the repository may have a tag; other tags are not requested */
    SignatureSearch(ImageSource source, Digest image, Predicate<String> mayExist, Trial trial) {
        this.source = source;
        this.image = image;
        this.mayExist = mayExist;
        this.trial = trial;
        this.layers = new SignatureLayers(source);
    }

    void readTag(String tag) {
        Optional.of(tag).filter(mayExist).flatMap(this::manifest).ifPresent(manifest -> read(manifest, tag, true));
    }

    void readReferrers() {
        List<Descriptor> referrers =
                ReferrerOrder.sorted(source.referrers(image, mayExist).referrers(), image);
        for (Descriptor referrer : referrers.subList(0, Math.min(referrers.size(), MOST_REFERRERS))) {
            if (trial.isSatisfied()) {
                return;
            }
            String digest = referrer.digest().value();
            manifest(digest)
                    .filter(manifest ->
                            manifest.subject().map(Descriptor::digest).equals(Optional.of(image)))
                    .ifPresent(manifest -> read(manifest, digest, false));
        }
        if (referrers.size() > MOST_REFERRERS) {
            boolean isLonger = referrers.size() > ReferrerList.MOST;
            trial.leave("only " + MOST_REFERRERS + " of its "
                    + (isLonger ? "more than " + ReferrerList.MOST : referrers.size()) + " referrers were read");
        }
    }

    /** Returns empty if it is gone or no manifest that could hold signatures. */
    private Optional<Manifest> manifest(String tagOrDigest) {
        try {
            return Optional.of(source.manifest(tagOrDigest));
        } catch (ContentException.NotFound e) {
            return Optional.empty();
        } catch (ContentException.Denied e) {
            // Some registries (Artifactory) deny reading missing content.
            if (e.areCredentialsRefused()) {
                throw e;
            }
            trial.leave("reading " + tagOrDigest + " was denied");
            return Optional.empty();
        } catch (ContentException.Unsupported e) {
            if (!Digest.isValid(tagOrDigest)) {
                trial.consider(NAMED_ONLY, tagOrDigest);
            }
            return Optional.empty();
        } catch (ContentException.Corrupt e) {
            trial.consider(new Claim.Damaged("is damaged"), tagOrDigest);
            return Optional.empty();
        }
    }

    private void read(Manifest manifest, String place, boolean mustBeSignature) {
        Descriptor described = manifest.asReferrer();
        if (SigstoreBundle.isAttestation(described)) {
            return;
        }
        List<Descriptor> signatures = manifest instanceof Manifest.Image
                ? manifest.children().stream()
                        .filter(layer -> LAYERS.contains(layer.mediaType()))
                        .toList()
                : List.of();
        if (signatures.isEmpty()
                && (mustBeSignature
                        || described.artifactType().filter(ARTIFACTS::contains).isPresent())) {
            trial.consider(NAMED_ONLY, place);
        }
        for (Descriptor layer : signatures) {
            if (trial.isSatisfied()) {
                return;
            }
            if (layers.isExhausted()) {
                trial.leave("not all of its signatures were read, because they are too many or too large");
                return;
            }
            trial.consider(layers.claim(layer), place);
        }
    }
}
