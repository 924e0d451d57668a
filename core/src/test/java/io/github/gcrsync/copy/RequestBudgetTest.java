package io.github.gcrsync.copy;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.content.Listing;
import io.github.gcrsync.content.Location;
import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.registry.RemoteRegistry;
import io.github.gcrsync.testkit.RequestLog;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.SampleNamespace;
import io.github.gcrsync.testkit.TestRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Checks exact numbers of requests: a change that adds a round trip fails here. */
final class RequestBudgetTest {
    private static final RepositoryName A = new RepositoryName("mirror/a");
    private static final RepositoryName B = new RepositoryName("mirror/b");

    private final TestRegistry source = TestRegistry.builder().gcrListing(true).start();
    private TestRegistry destination = TestRegistry.start();
    private final Engine engine = Engine.builder().build();
    private final Copier copier = new Copier(8, new StopSignal(), CopyListener.SILENT);

    @AfterEach
    void stop() {
        engine.close();
        source.close();
        destination.close();
    }

    @Test
    void copiesNewImageWithThreeReadsAndFiveWrites() {
        source.put("ns/a", "1", SampleImages.oci("linux/amd64", SampleImages.layer(1, 3)));

        copy("ns/a", A, "1", false);

        assertRequests(source.log(), 3, "GET manifest, config, layer");
        assertRequests(destination.log(), 5, "POST and PUT of two blobs, PUT manifest");
        assertArrived("ns/a", A, "1");
    }

    @Test
    void needsOneRequestPerExistingBlobAndOneForManifest() {
        source.put("ns/a", "1", SampleImages.oci("linux/amd64", SampleImages.layer(1, 3)));
        copy("ns/a", A, "1", false);
        forgetRequests();

        try (Engine later = Engine.builder().build()) {
            new Copier(8, new StopSignal(), CopyListener.SILENT)
                    .copy(
                            later.registry(source.host()).repository(new RepositoryName("ns/a")),
                            "1",
                            later.registry(destination.host()).repository(A),
                            "2",
                            true);
        }

        assertRequests(source.log(), 1, "GET manifest");
        assertRequests(destination.log(), 3, "POST for two blobs, PUT manifest");
    }

    @Test
    void transfersOnlyNewContentOfMovedTag() {
        var base = SampleImages.layer(1, 3);
        source.put("ns/a", "1", SampleImages.oci("linux/amd64", base));
        copy("ns/a", A, "1", false);
        source.put("ns/a", "1", SampleImages.oci("linux/amd64", base, SampleImages.layer(2, 3)));
        forgetRequests();

        copy("ns/a", A, "1", true);

        assertRequests(source.log(), 3, "GET manifest, config, the new layer");
        assertRequests(destination.log(), 5, "POST and PUT of config and new layer, PUT manifest");
        assertArrived("ns/a", A, "1");
    }

    @Test
    void mountsLayerOfAnotherRepositoryWithOneRequest() {
        var base = SampleImages.layer(1, 3);
        source.put("ns/a", "1", SampleImages.oci("linux/amd64", base));
        source.put("ns/b", "1", SampleImages.oci("linux/arm64", base));
        copy("ns/a", A, "1", false);
        forgetRequests();

        copy("ns/b", B, "1", false);

        assertRequests(source.log(), 2, "GET manifest, config");
        assertRequests(destination.log(), 4, "mount, POST and PUT config, PUT manifest");
        assertThat(destination.log().count("POST", ".*")).isEqualTo(2);
        assertArrived("ns/b", B, "1");
    }

    @Test
    void uploadsToSessionOfRefusedMount() {
        destination.close();
        destination = TestRegistry.builder().mounts(false).start();
        var base = SampleImages.layer(1, 3);
        source.put("ns/a", "1", SampleImages.oci("linux/amd64", base));
        source.put("ns/b", "1", SampleImages.oci("linux/arm64", base));
        copy("ns/a", A, "1", false);
        forgetRequests();

        copy("ns/b", B, "1", false);

        assertRequests(source.log(), 3, "GET manifest, config, layer");
        assertRequests(destination.log(), 6, "POST and PUT of two blobs, PUT manifest, one HEAD for the layer");
        assertArrived("ns/b", B, "1");
    }

    @Test
    void needsOneHeadPerKnownPlatformOfIndex() {
        SampleImage amd = SampleImages.oci("linux/amd64", SampleImages.layer(1, 3));
        SampleImage arm = SampleImages.oci("linux/arm64", SampleImages.layer(2, 3));
        source.put("ns/a", "1", amd);
        copy("ns/a", A, "1", false);
        source.put("ns/a", "2", SampleImages.index(amd, arm));
        forgetRequests();

        copy("ns/a", A, "2", true);

        assertRequests(source.log(), 4, "GET index, new manifest, its config and layer");
        assertRequests(destination.log(), 8, "two HEADs, POST and PUT of two blobs, PUT manifest, PUT index");
        assertArrived("ns/a", A, "2");
    }

    @Test
    void mountsWithinRegistryWithoutReadingBlobs() {
        source.put("ns/a", "1", SampleImages.oci("linux/amd64", SampleImages.layer(1, 3)));

        copier.copy(
                engine.registry(source.host()).repository(new RepositoryName("ns/a")),
                "1",
                engine.registry(source.host()).repository(A),
                "1",
                false);

        assertRequests(source.log(), 4, "GET manifest, two mounts, PUT manifest");
    }

    @Test
    void listsNamespaceWithOneRequestPerRepositoryPlusOne() {
        SampleNamespace.fill(source, "ns", 7, 3, 1);

        Listing listing =
                engine.open(Location.parse(source.host() + "/ns"), 4, false).list();

        assertThat(listing.repositories().stream().filter(r -> !r.tags().isEmpty()))
                .hasSize(7);
        assertThat(listing.repositories().stream().flatMap(r -> r.tags().stream()))
                .hasSize(21)
                .allSatisfy(tag -> assertThat(tag.digest()).isPresent());
        assertRequests(source.log(), 8, "the namespace and each repository");
        assertThat(source.log().maxInFlight()).isLessThanOrEqualTo(4);
    }

    private void copy(String from, RepositoryName to, String tag, boolean mayHaveParts) {
        RemoteRegistry here = engine.registry(source.host());
        copier.copy(
                here.repository(new RepositoryName(from)),
                source.manifestDigest(from, tag),
                engine.registry(destination.host()).repository(to),
                tag,
                mayHaveParts);
    }

    private void forgetRequests() {
        source.log().clear();
        destination.log().clear();
    }

    private void assertArrived(String from, RepositoryName to, String tag) {
        assertThat(new Digest(destination.manifestDigest(to.value(), tag)))
                .isEqualTo(new Digest(source.manifestDigest(from, tag)));
    }

    private static void assertRequests(RequestLog log, int expected, String which) {
        assertThat(log.count()).as("%s; were:%n%s", which, log).isEqualTo(expected);
    }
}
