package io.github.gcrsync.signature;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.content.BlobContent;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.content.MemoryStore.Method;
import io.github.gcrsync.content.TestImages;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.signature.Verdict.Cause;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The work for one image is bounded, whatever a registry lists as its referrers. */
final class ManyReferrersTest {
    private static final Signer RELEASE = Signer.named("release.pub");

    private final SignedImages images = new SignedImages();
    private final Manifest image = images.image("v1");

    @Test
    void readsHundredOf10000Referrers() {
        List<Descriptor> referrers = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            referrers.add(Descriptor.of("application/vnd.oci.image.manifest.v1+json", TestImages.bytes(i, 20)));
        }
        Listed source = new Listed(referrers);

        Verdict.Refused refused =
                (Verdict.Refused) Signatures.verify(source, image.descriptor().digest(), List.of(), RELEASE.policy());

        assertThat(refused.cause()).isEqualTo(Cause.UNSIGNED);
        assertThat(refused.reason())
                .contains("has no signature (only 100 of its more than 1000 referrers were read); ");
        assertThat(source.manifests).hasValue(100);
    }

    @Test
    void findsSignatureBehind200OtherReferrers() {
        for (int i = 0; i < 200; i++) {
            Map<String, Object> sbom = images.layer("application/spdx+json", TestImages.bytes(i, 20), Map.of());
            images.referrer(image, "application/spdx+json", List.of(sbom));
        }
        images.referrer(image, SigstoreBundle.MEDIA_TYPE, List.of(images.bundle(RELEASE, image)));

        assertThat(images.verify(image, RELEASE.policy())).isInstanceOf(Verdict.Valid.class);
        assertThat(images.store.requests(Method.MANIFEST)).hasSizeLessThan(10);
    }

    @Test
    void readsOneReferrerOnce() {
        Digest digest = images.referrer(image, "", List.of(images.simple(Signer.named("other"), image)));
        Descriptor referrer = images.repository.manifest(digest.value()).descriptor();
        Listed source = new Listed(Collections.nCopies(5000, referrer));

        Signatures.verify(source, image.descriptor().digest(), List.of(), RELEASE.policy());

        assertThat(source.manifests).hasValue(1);
    }

    @Test
    void readsAtMost200Signatures() {
        Map<String, Object> layer = images.simple(Signer.named("other"), image);
        images.tagged(SignedImages.tag(image), Collections.nCopies(5000, layer));

        Verdict.Refused refused = images.refusal(image, RELEASE.policy());

        assertThat(refused.cause()).isEqualTo(Cause.OTHER_KEY);
        assertThat(refused.reason()).contains("(not all of its signatures were read, because");
        assertThat(images.store.requests(Method.BLOB)).hasSize(1);
    }

    @Test
    void readsAtMostEightMegabytes() {
        List<Map<String, Object>> layers = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            layers.add(images.layer(SigstoreBundle.MEDIA_TYPE, TestImages.bytes(i, 250_000), Map.of()));
        }
        images.tagged(SignedImages.tag(image), layers);

        assertThat(images.refusal(image, RELEASE.policy()).cause()).isEqualTo(Cause.BAD_SIGNATURE);
        assertThat(images.store.requests(Method.BLOB)).hasSize(34);
    }

    /** Only a registry that lies can serve a cycle: hashes have none. */
    @Test
    void followsNoCycleOfSubjects() {
        Manifest first = images.manifest(Optional.of(image.descriptor()), SigstoreBundle.MEDIA_TYPE, List.of());
        images.repository.putManifest(first.descriptor().digest().value(), first);
        Manifest second = images.manifest(Optional.of(first.descriptor()), SigstoreBundle.MEDIA_TYPE, List.of());
        images.repository.putManifest(second.descriptor().digest().value(), second);
        Listed source = new Listed(List.of(image.descriptor(), first.descriptor(), second.descriptor()));

        Verdict verdict = Signatures.verify(source, image.descriptor().digest(), List.of(), RELEASE.policy());

        assertThat(verdict).isInstanceOf(Verdict.Refused.class);
        assertThat(source.manifests).hasValue(2);
        assertThat(source.lists).hasValue(1);
    }

    @Test
    void ignoresReferrerOfAnotherImage() {
        Manifest other = images.image("v2");
        Digest digest = images.referrer(other, SimpleSigning.ARTIFACT_TYPE, List.of(images.simple(RELEASE, image)));
        Listed source =
                new Listed(List.of(images.repository.manifest(digest.value()).descriptor()));

        Verdict.Refused refused =
                (Verdict.Refused) Signatures.verify(source, image.descriptor().digest(), List.of(), RELEASE.policy());

        assertThat(refused.cause()).isEqualTo(Cause.UNSIGNED);
    }

    /** Lists these referrers for every subject; whatever is not in memory is gone. */
    private final class Listed implements ImageSource {
        private final List<Descriptor> referrers;
        private final AtomicInteger manifests = new AtomicInteger();
        private final AtomicInteger lists = new AtomicInteger();

        Listed(List<Descriptor> referrers) {
            this.referrers = referrers;
        }

        @Override
        public Optional<Descriptor> resolve(String tagOrDigest) {
            throw new ContentException.Unsupported("not used");
        }

        @Override
        public Manifest manifest(String tagOrDigest) {
            manifests.incrementAndGet();
            return images.repository.manifest(tagOrDigest);
        }

        @Override
        public BlobContent blob(Descriptor blob) {
            return images.repository.blob(blob);
        }

        @Override
        public Stream<String> tags() {
            throw new ContentException.Unsupported("not used");
        }

        @Override
        public List<Descriptor> referrers(Digest subject) {
            lists.incrementAndGet();
            return referrers;
        }
    }
}
