package io.github.gcrsync.copy;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.testkit.RequestLog;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Checks exact numbers of requests for what belongs to an image of three manifests. */
final class ReferrerBudgetTest {
    private Signed images = Signed.between(true, true);
    private Copier copier = new Copier(images.options);

    @AfterEach
    void close() {
        images.close();
    }

    private void between(boolean sourceHasApi, boolean destinationHasApi) {
        images.close();
        images = Signed.between(sourceHasApi, destinationHasApi);
        copier = new Copier(images.options);
    }

    /** Counts from here on, with the image at the destination. */
    private void copyWithout() {
        CopyOptions wanted = images.options;
        images.options = CopyOptions.defaults();
        images.copy();
        images.options = wanted;
        clear();
    }

    private void clear() {
        images.source.log().clear();
        images.destination.log().clear();
    }

    private CopiedReferrers copyReferrers() {
        return copier.copyReferrers(
                        images.from(),
                        new Digest(images.index.digest()),
                        List.of(images.target(images.destination)),
                        Set.copyOf(images.source.tags(Signed.FROM)))
                .getFirst();
    }

    @Test
    void needsOneRequestForEachManifestWithApi() {
        copyWithout();

        assertThat(copyReferrers().areComplete()).isTrue();

        assertRequests(images.source.log(), 4, "GET index, three lists");
        assertRequests(images.destination.log(), 0, "nothing");
    }

    @Test
    void readsManifestsOfNewImageOnce() {
        images.copy(copier, images.from());

        assertRequests(images.source.log(), 10, "GET three manifests, two configs, two layers; three lists");
    }

    @Test
    void needsOneRequestForEachReferrerAndItsContent() {
        images.sign(1, images.amd);
        copyWithout();

        copyReferrers();

        assertRequests(images.source.log(), 8, "GET index, four lists, signature, its config and payload");
        assertRequests(images.destination.log(), 6, "HEAD signature, POST and PUT of two blobs, PUT signature");
    }

    @Test
    void needsOneHeadForKnownReferrer() {
        images.sign(1, images.amd);
        images.copy();
        clear();

        copyReferrers();

        assertRequests(images.source.log(), 6, "GET index, four lists, signature");
        assertRequests(images.destination.log(), 1, "HEAD signature");
    }

    @Test
    void asksForSameImageOncePerRun() {
        images.sign(1, images.amd);
        images.copy(copier, images.from());
        clear();

        CopiedReferrers copied = copyReferrers();

        assertThat(copied.count()).isEqualTo(1);
        assertRequests(images.source.log(), 1, "GET index");
        assertRequests(images.destination.log(), 0, "nothing");
    }

    @Test
    void probesOncePerRegistryWithoutApi() {
        between(false, false);
        copyWithout();

        copyReferrers();
        assertRequests(images.source.log(), 2, "GET index, one list");
        copier = new Copier(images.options);
        copyReferrers();

        assertRequests(images.source.log(), 2, "the same");
        assertRequests(images.destination.log(), 0, "nothing");
    }

    @Test
    void readsNestedIndexOnceWithoutApi() {
        between(false, false);
        SampleImage nested = SampleImages.nestedIndex(5);
        images.source.put(Signed.FROM, "2", nested);
        images.copy();
        clear();

        copier.copy(
                images.from(),
                nested.digest(),
                List.of(images.target(images.destination)),
                Set.copyOf(images.source.tags(Signed.FROM)));

        assertThat(images.source.log().count("GET", "/(manifests|referrers)/"))
                .isEqualTo(nested.manifests().size());
    }

    @Test
    void readsOnlyListsWhoseTagIsKnown() {
        between(false, true);
        SampleImage signature = images.sign(1, images.amd);
        images.list(images.amd, List.of(Signed.descriptor(signature)));
        copyWithout();

        copyReferrers();

        assertRequests(
                images.source.log(), 6, "GET index, one probe, list under tag, signature, its config and payload");
    }

    @Test
    void writesListWithThreeRequestsForManyReferrers() {
        between(true, false);
        List<SampleImage> signatures =
                List.of(images.sign(1, images.amd), images.sign(2, images.amd), images.sign(3, images.amd));
        copyWithout();

        copyReferrers();

        assertThat(signatures).allMatch(images::arrived);
        assertThat(images.destination.log().count("GET", "")).isEqualTo(2);
        assertThat(images.destination.log().count("PUT", "/manifests/")).isEqualTo(4);
        clear();
        copier = new Copier(images.options);
        copyReferrers();
        assertRequests(images.destination.log(), 4, "HEAD three signatures, GET list");
    }

    @Test
    void needsTwoRequestsForKnownTag() {
        images.source.put(Signed.FROM, SampleImages.cosignTag(images.amd), SampleImages.artifact(1, ""));
        images.copy();
        clear();

        copyReferrers();

        assertRequests(images.source.log(), 6, "GET index, four lists, signature");
        assertRequests(images.destination.log(), 1, "HEAD signature");
    }

    private static void assertRequests(RequestLog log, int expected, String which) {
        assertThat(log.count()).as("%s; were:%n%s", which, log).isEqualTo(expected);
    }
}
