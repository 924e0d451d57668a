package io.github.gcrsync.copy;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.content.TestImages;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.oci.Platforms;
import io.github.gcrsync.oci.ReferrerTypes;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Copies what belongs to an image, between registries with and without the referrers API. */
@Timeout(120)
final class ReferrersTest {
    private static final String SBOM = "application/vnd.example.sbom";

    private Signed images = Signed.between(true, true);

    @AfterEach
    void close() {
        images.close();
    }

    private void between(boolean sourceHasApi, boolean destinationHasApi) {
        images.close();
        images = Signed.between(sourceHasApi, destinationHasApi);
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void copiesReferrersOfIndexAndChildrenRecursively(boolean sourceHasApi, boolean destinationHasApi) {
        between(sourceHasApi, destinationHasApi);
        SampleImage ofIndex = images.sign(1, images.index);
        SampleImage ofChild = images.sign(2, images.amd);
        SampleImage ofSignature = images.sign(3, ofChild);
        if (!sourceHasApi) {
            images.list(images.index, List.of(Signed.descriptor(ofIndex)));
            images.list(images.amd, List.of(Signed.descriptor(ofChild)));
            images.list(ofChild, List.of(Signed.descriptor(ofSignature)));
        }

        CopiedReferrers copied = images.copy();

        assertThat(copied.failures()).isEmpty();
        assertThat(copied.count()).isEqualTo(3);
        assertThat(List.of(ofIndex, ofChild, ofSignature)).allMatch(images::arrived);
        assertThat(images.listed(images.index)).containsExactly(ofIndex.digest());
        assertThat(images.listed(images.amd)).containsExactly(ofChild.digest());
        assertThat(images.listed(images.arm)).isEmpty();
        assertThat(images.listed(ofChild)).containsExactly(ofSignature.digest());
        List<String> lists = List.of(Signed.tag(images.index), Signed.tag(images.amd), Signed.tag(ofChild));
        assertThat(images.destination.tags(Signed.TO))
                .hasSize(destinationHasApi ? 1 : 4)
                .containsAll(destinationHasApi ? List.of("1") : lists);
    }

    @Test
    void copiesArtifactsUnderTagsAndWhatRefersToThem() {
        between(false, false);
        SampleImage signature = SampleImages.artifact(1, "");
        SampleImage sbom = SampleImages.artifact(2, SBOM);
        SampleImage ofSbom = SampleImages.artifact(3, "");
        images.source.put(Signed.FROM, SampleImages.cosignTag(images.amd), signature);
        images.source.put(Signed.FROM, sbomTag(images.index), sbom);
        images.source.put(Signed.FROM, SampleImages.cosignTag(sbom), ofSbom);
        images.source.put(Signed.FROM, SampleImages.cosignTag(SampleImages.oci(99)), SampleImages.artifact(4, ""));

        CopiedReferrers copied = images.copy();

        assertThat(copied.count()).isEqualTo(3);
        assertThat(images.destination.tags(Signed.TO))
                .containsExactlyInAnyOrder(
                        "1", SampleImages.cosignTag(images.amd), sbomTag(images.index), SampleImages.cosignTag(sbom));
        assertThat(List.of(signature, sbom, ofSbom)).allMatch(images::arrived);
    }

    @Test
    void findsTagsByItselfIfTheyAreUnknown() {
        SampleImage signature = SampleImages.artifact(1, "");
        images.source.put(Signed.FROM, SampleImages.cosignTag(images.arm), signature);
        Copier copier = new Copier(images.options);

        CopyResult result = copier.copy(images.from(), "1", List.of(images.target(images.destination)))
                .getFirst();

        assertThat(Signed.copied(result).count()).isEqualTo(1);
        assertThat(images.arrived(signature)).isTrue();
    }

    @Test
    void endsIfTagsNameEachOtherInCircle() {
        SampleImage first = SampleImages.artifact(1, "");
        images.source.put(Signed.FROM, SampleImages.cosignTag(images.index), first);
        images.source.put(Signed.FROM, SampleImages.cosignTag(first), images.index);

        CopiedReferrers copied = images.copy();

        assertThat(copied.areComplete()).isTrue();
        assertThat(images.destination.manifestDigest(Signed.TO, SampleImages.cosignTag(first)))
                .isEqualTo(images.index.digest());
    }

    @Test
    void copiesArtifactsThatAreIndexesWithAllPlatforms() {
        images.choose("linux/amd64", Platforms.Index.SPARSE);
        SampleImage part = SampleImages.oci("linux/s390x", SampleImages.layer(7, 2));
        images.put(part);
        Manifest artifact = TestImages.manifest(
                MediaType.OCI_INDEX,
                "{\"schemaVersion\":2,\"artifactType\":\"" + SBOM + "\",\"manifests\":[" + json(part) + "],\"subject\":"
                        + json(images.amd) + "}");
        images.from().putManifest(artifact.descriptor().digest().value(), artifact);
        SampleImage ofPart = images.sign(1, part);

        CopiedReferrers copied = images.copy();

        assertThat(copied.failures()).isEmpty();
        assertThat(copied.count()).isEqualTo(2);
        assertThat(images.arrived(part)).isTrue();
        assertThat(images.arrived(ofPart)).isTrue();
        assertThat(images.listed(images.amd))
                .containsExactly(artifact.descriptor().digest().value());
    }

    @ParameterizedTest
    @CsvSource({"SPARSE, 2", "REWRITE, 1"})
    void subsetKeepsWhatBelongsToCopiedManifests(Platforms.Index how, int expected) {
        SampleImage ofIndex = images.sign(1, images.index);
        SampleImage ofCopied = images.sign(2, images.amd);
        SampleImage ofSkipped = images.sign(3, images.arm);
        images.choose("linux/amd64", how);

        assertThat(images.copy().count()).isEqualTo(expected);
        assertThat(images.arrived(ofIndex)).isEqualTo(how == Platforms.Index.SPARSE);
        assertThat(images.arrived(ofCopied)).isTrue();
        assertThat(images.arrived(ofSkipped)).isFalse();
    }

    /** Old clients write the type of the config into lists. */
    @Test
    void judgesByManifestAndSkipsDanglingEntries() {
        between(false, false);
        Manifest sbom = images.refer(Signed.descriptor(images.amd), SBOM);
        Manifest other = images.refer(Signed.descriptor(images.amd), "application/vnd.example.report");
        Manifest foreign = images.refer(Signed.descriptor(images.arm), SBOM);
        Descriptor gone = Descriptor.of(images.amd.mediaType(), new byte[] {1});
        images.list(
                images.amd, List.of(sbom.descriptor(), gone, lying(other.descriptor()), lying(foreign.descriptor())));
        images.options = images.options.withReferrers(ReferrerTypes.of(List.of(SBOM)));

        CopiedReferrers copied = images.copy();

        assertThat(copied.failures()).isEmpty();
        assertThat(copied.count()).isEqualTo(1);
        assertThat(images.to().referrers(new Digest(images.amd.digest()))).containsExactly(sbom.asReferrer());
    }

    private static Descriptor lying(Descriptor descriptor) {
        return new Descriptor(
                descriptor.mediaType(),
                descriptor.digest(),
                descriptor.size(),
                descriptor.platform(),
                Optional.of(SBOM),
                List.of(),
                Map.of());
    }

    @Test
    void typesOfLayersSelectArtifactsWithoutType() {
        SampleImage signature = SampleImages.artifact(1, "");
        images.source.put(Signed.FROM, SampleImages.cosignTag(images.amd), signature);
        SampleImage other = images.sign(2, images.amd);
        images.options = images.options.withReferrers(ReferrerTypes.of(Set.of("application/spdx+json")));

        assertThat(images.copy().count()).isZero();
        images.options = images.options.withReferrers(ReferrerTypes.of(Set.of("application/json")));
        assertThat(images.copy().count()).isEqualTo(2);
        assertThat(List.of(signature, other)).allMatch(images::arrived);
    }

    @Test
    void sourcesListStaysUnchangedIfItIsExact() {
        between(false, false);
        Manifest first = images.refer(Signed.descriptor(images.amd), SBOM);
        Manifest second = images.refer(Signed.descriptor(images.amd), "application/vnd.example.report");
        Manifest list = images.list(images.amd, List.of(second.descriptor(), first.descriptor()));

        images.copy();

        assertThat(images.destination.manifestBytes(Signed.TO, Signed.tag(images.amd)))
                .isEqualTo(list.content().toArray());
    }

    @Test
    void changeOfReferrersChangesDigest() {
        CopiedReferrers none = images.copy();
        images.sign(1, images.amd);
        CopiedReferrers one = images.copy();

        assertThat(none.digest()).isNotEqualTo(one.digest());
        assertThat(images.copy()).isEqualTo(one);
    }

    @Test
    void artifactWithSubjectIsListedItself() {
        between(true, false);
        SampleImage signature = SampleImages.signature(1, images.amd);
        images.source.put(Signed.FROM, "signature", signature);
        images.engine.copy(images.from(), "signature", images.to(), "signature", images.options);

        assertThat(images.listed(images.amd)).containsExactly(signature.digest());
    }

    @Test
    void copiesNothingByDefault() {
        images.sign(1, images.amd);
        images.options = CopyOptions.defaults();

        assertThat(images.copy()).isEqualTo(CopiedReferrers.NONE);
        assertThat(images.source.log().count("GET", "/referrers/")).isZero();
    }

    @Test
    void copiesLaterSignatures() {
        images.copy();
        SampleImage later = images.sign(1, images.arm);
        images.destination.log().clear();

        CopiedReferrers copied = new Copier(images.options)
                .copyReferrers(
                        images.from(),
                        new Digest(images.index.digest()),
                        List.of(images.target(images.destination)),
                        Set.of("1"))
                .getFirst();

        assertThat(copied.count()).isEqualTo(1);
        assertThat(images.arrived(later)).isTrue();
        assertThat(images.destination.log().count("PUT", "/manifests/")).isEqualTo(1);
    }

    private static String sbomTag(SampleImage subject) {
        return subject.digest().replace(':', '-') + ".sbom";
    }

    private static String json(SampleImage image) {
        return "{\"mediaType\":\"" + image.mediaType() + "\",\"size\":"
                + image.root().size() + ",\"digest\":\"" + image.digest() + "\"}";
    }
}
