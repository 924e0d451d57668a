package io.github.gcrsync.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.BlobContent;
import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.testkit.Exchange;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A referrer that cannot be copied leaves the image stored and is reported. */
@Timeout(120)
final class ReferrerFailuresTest {
    private final Signed images = Signed.between(true, true);
    private final TestRegistry second = TestRegistry.start();

    @AfterEach
    void close() {
        images.close();
        second.close();
    }

    @Test
    void readsOnceForTwoTargets() {
        SampleImage ofIndex = images.sign(1, images.index);
        SampleImage ofChild = images.sign(2, images.amd);

        List<CopyResult> results = images.copy(new Copier(images.options), images.from(), images.target(second));

        assertThat(results)
                .allSatisfy(result -> assertThat(Signed.copied(result).count()).isEqualTo(2));
        for (TestRegistry registry : List.of(images.destination, second)) {
            assertThat(List.of(ofIndex, ofChild)).allMatch(artifact -> Signed.arrived(registry, artifact));
        }
        List<String> reads =
                images.source.log().exchanges().stream().map(Exchange::path).toList();
        assertThat(reads).doesNotHaveDuplicates();
    }

    @Test
    void namesReferrerAndManifestAndReason() {
        SampleImage good = images.sign(1, images.amd);
        SampleImage refused = images.sign(2, images.amd);
        images.destination.fault(
                Fault.on("PUT", "/manifests/" + refused.digest()).status(400).always());

        List<CopyResult> results = images.copy(new Copier(images.options), images.from(), images.target(second));

        CopiedReferrers here = Signed.copied(results.getFirst());
        assertThat(here.count()).isEqualTo(1);
        assertThat(here.failures()).singleElement().satisfies(failure -> {
            assertThat(failure.referrer()).contains(refused.digest());
            assertThat(failure.subject()).isEqualTo(new Digest(images.amd.digest()));
            assertThat(failure.reason().side()).isEqualTo(Side.DESTINATION);
            assertThat(failure.message())
                    .startsWith("referrer " + refused.digest() + " of " + images.amd.digest() + " not copied: ")
                    .contains("HTTP 400");
        });
        assertThat(images.arrived(images.index)).isTrue();
        assertThat(images.arrived(good)).isTrue();
        assertThat(Signed.copied(results.getLast()).areComplete()).isTrue();
        assertThat(Signed.arrived(second, refused)).isTrue();
    }

    @Test
    void reportsListThatCannotBeRead() {
        SampleImage signature = images.sign(1, images.amd);
        images.source.fault(
                Fault.on("GET", "/referrers/" + images.arm.digest()).status(403).always());

        CopiedReferrers copied = images.copy();

        assertThat(copied.failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure.message())
                        .startsWith("referrers of " + images.arm.digest() + " not copied: source: HTTP 403"));
        assertThat(images.arrived(signature)).isTrue();
    }

    @Test
    void retriesFailedReferrersInSameRun() {
        SampleImage signature = images.sign(1, images.amd);
        images.destination.fault(
                Fault.on("PUT", "/manifests/" + signature.digest()).status(400));
        Copier copier = new Copier(images.options);

        assertThat(Signed.copied(images.copy(copier, images.from()).getFirst()).areComplete())
                .isFalse();
        assertThat(Signed.copied(images.copy(copier, images.from()).getFirst()).areComplete())
                .isTrue();
        assertThat(images.arrived(signature)).isTrue();
    }

    @Test
    void asksUnreachableSourceNoMore() {
        images.source.fault(Fault.on("GET", "/referrers/").status(503).always());
        images.options = images.options.withBlobsInFlight(1);

        CopiedReferrers copied = images.copy();

        assertThat(copied.failures()).hasSize(3);
        // Three attempts for the first list.
        assertThat(images.source.log().count("GET", "/referrers/")).isEqualTo(3);
        assertThat(images.arrived(images.index)).isTrue();
    }

    @Test
    void copiesAtMostThousandOfOneImage() {
        SampleImage signature = images.sign(1, images.amd);
        List<Descriptor> many = Stream.concat(
                        Stream.of(Signed.descriptor(signature)),
                        IntStream.range(1, 10_000)
                                .mapToObj(i ->
                                        Descriptor.of(images.amd.mediaType(), new byte[] {(byte) i, (byte) (i >> 8)})))
                .toList();
        Listed source = new Listed(
                images.from(), subject -> subject.equals(new Digest(images.amd.digest())) ? many : List.of());

        CopiedReferrers copied =
                Signed.copied(images.copy(new Copier(images.options), source).getFirst());

        assertThat(copied.count()).isEqualTo(1);
        assertThat(copied.failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure.message())
                        .isEqualTo("referrers of " + images.amd.digest()
                                + " not copied: source: the manifest has more than 1000 referrers; at most 1000 referrers of an image"
                                + " are copied"));
        assertThat(source.manifests.get()).isLessThan(1010);
    }

    /** A hostile registry can make up a new signature of each signature. */
    @Test
    void followsChainOnlyEightLevelsDeep() {
        SampleImage last = images.amd;
        for (int i = 1; i <= 12; i++) {
            last = images.sign(i, last);
        }

        CopiedReferrers copied = images.copy();

        assertThat(copied.count()).isEqualTo(9);
        assertThat(copied.failures())
                .singleElement()
                .satisfies(failure ->
                        assertThat(failure.message()).contains("referrers of referrers are more than 8 levels deep"));
    }

    @Test
    void stopsBetweenReferrers() {
        images.sign(1, images.amd);
        Listed source = new Listed(images.from(), subject -> {
            images.options.stop().give();
            return images.from().referrers(subject);
        });

        assertThatThrownBy(() -> images.copy(new Copier(images.options), source))
                .isInstanceOf(StoppedException.class);
        assertThat(images.destination.tags(Signed.TO)).contains("1");
    }

    @Test
    void addsNothingToImageThatSourceLost() {
        CopiedReferrers copied = new Copier(images.options)
                .copyReferrers(
                        images.from(),
                        new Digest(SampleImages.oci(77).digest()),
                        List.of(images.target(images.destination)),
                        Set.of())
                .getFirst();

        assertThat(copied).isEqualTo(CopiedReferrers.NONE);
    }

    /** Lists other referrers than its registry. */
    private static final class Listed implements ImageSource {
        private final ImageSource source;
        private final Function<Digest, List<Descriptor>> lists;
        private final AtomicInteger manifests = new AtomicInteger();

        Listed(ImageSource source, Function<Digest, List<Descriptor>> lists) {
            this.source = source;
            this.lists = lists;
        }

        @Override
        public Optional<Descriptor> resolve(String tagOrDigest) {
            return source.resolve(tagOrDigest);
        }

        @Override
        public Manifest manifest(String tagOrDigest) {
            manifests.incrementAndGet();
            return source.manifest(tagOrDigest);
        }

        @Override
        public BlobContent blob(Descriptor blob) {
            return source.blob(blob);
        }

        @Override
        public Stream<String> tags() {
            return source.tags();
        }

        @Override
        public List<Descriptor> referrers(Digest subject) {
            return lists.apply(subject);
        }
    }
}
