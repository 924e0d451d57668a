package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.testkit.DockerRegistry;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.RequestLog;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import org.junit.jupiter.api.Test;

/** Sources without GCR's {@code child} and {@code manifest}: the catalog, then one request per tag. */
final class CatalogListingTest extends BetweenRegistries {
    CatalogListingTest() {
        super(TestRegistry.builder().pageSize(2), TestRegistry.builder());
    }

    @Test
    void readsAllPagesOfNamespace() {
        for (String name : new String[] {"a", "b", "b/c", "d", "e"}) {
            for (int tag = 1; tag <= 5; tag++) {
                source.put("ns/" + name, "v" + tag, SampleImages.oci(tag));
            }
        }
        source.put("ns2/other", "v1", SampleImages.oci(1));
        source.put("another/ns/a", "v1", SampleImages.oci(1));

        InProcess.Result result = workplace.sync(source.host(), destination.host() + "/mirror");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(workplace.metadata().images()).hasSize(25).contains("b/c:v5");
        assertThat(destination.repositories())
                .containsExactly("mirror/a", "mirror/b", "mirror/b/c", "mirror/d", "mirror/e");
        assertThat(source.log().count("GET", "^/v2/_catalog$"))
                .as("7 names in pages of 2")
                .isEqualTo(4);
    }

    @Test
    void resolvesDigestsOfSelectedTagsOnly() {
        source.put("ns/a", "1.0", SampleImages.oci(1));
        source.put("ns/a", "1.1", SampleImages.oci(2));
        source.put("ns/a", "1.1-rc.1", SampleImages.oci(3));
        source.put("ns/a", "20200101-12345678", SampleImages.oci(4));
        source.put("ns/a-arm64", "1.0", SampleImages.oci(5));

        workplace.sync(source.host(), destination.host() + "/mirror");

        assertThat(source.log().count("GET", "^/v2/ns/a/manifests/1\\.[01]$")).isEqualTo(2);
        assertThat(source.log().count("GET", "/manifests/"))
                .as(() -> "a new tag is read once, by its tag: " + source.log())
                .isEqualTo(2);
        assertThat(source.log().count("HEAD", ".*")).isZero();
    }

    @Test
    void readsAheadOnlyTagsThatRunCopies() {
        for (int tag = 1; tag <= 5; tag++) {
            source.put("ns/a", "v" + tag, SampleImages.oci(tag));
        }

        InProcess.Result result = workplace.sync(source.host(), destination.host() + "/mirror", "--processcount=2");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(workplace.metadata().images()).containsExactly("a:v1", "a:v2");
        assertThat(source.log().count("GET", "/manifests/")).isEqualTo(2);
        assertThat(source.log().count("HEAD", "/manifests/v[345]$")).isEqualTo(3);
    }

    @Test
    void readsManifestOnceIfFirstDestinationIsUnreachable() {
        source.put("ns/a", "1", SampleImages.oci(1));
        source.put("ns/b", "1", SampleImages.oci(2));
        destination.fault(Fault.on("*", ".*").resetConnection().always());
        try (TestRegistry other = TestRegistry.start()) {
            InProcess.Result result = workplace.sync(
                    source.host(), destination.host() + "/mirror", "--destination=" + other.host() + "/copy");

            assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
            assertThat(other.repositories()).containsExactly("copy/a", "copy/b");
        }
        assertThat(source.log().count("GET", "/manifests/"))
                .as(() -> source.log().toString())
                .isEqualTo(2);
    }

    @Test
    void checksKnownTagByHeadAndReadsItWhenMoved() {
        source.put("ns/a", "1", SampleImages.oci(1));
        workplace.sync(source.host(), destination.host() + "/mirror");
        source.put("ns/a", "1", SampleImages.oci(2));
        source.log().clear();

        workplace.sync(source.host(), destination.host() + "/mirror");

        assertThat(source.log().count("HEAD", "/manifests/1$")).isEqualTo(1);
        assertThat(source.log().count("GET", "/manifests/sha256:")).isEqualTo(1);
        assertThat(destination.manifestDigest("mirror/a", "1"))
                .isEqualTo(SampleImages.oci(2).digest());
    }

    @Test
    void failsOnlyManifestThatCannotBeReadAhead() {
        source.put("ns/a", "1", SampleImages.oci(1));
        source.put("ns/b", "1", SampleImages.oci(2));
        source.fault(Fault.on("GET", "/ns/a/manifests/").corruptByte(5).always());

        InProcess.Result result = workplace.sync(source.host(), destination.host() + "/mirror");

        assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
        assertThat(result.err()).contains("a:1").contains("instead of sha256:");
        assertThat(workplace.metadata().images()).containsExactly("b:1");
    }

    @Test
    void resolvesDigestsAfterRateLimit() {
        source.put("ns/a", "1", SampleImages.oci(1));
        source.put("ns/b", "1", SampleImages.oci(2));
        source.fault(Fault.on("GET", "/manifests/1$")
                .status(429)
                .header("Retry-After", "0")
                .always());

        InProcess.Result result =
                workplace.sync(source.host(), destination.host() + "/mirror", "--querylimit=1", "--processlimit=1");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(source.log().count("HEAD", "/manifests/1$")).isEqualTo(2);
        assertThat(workplace.metadata().images()).containsExactly("a:1", "b:1");
    }

    @Test
    void requestsOnlyDigestsInSecondRun() {
        source.put("ns/a", "1.0", SampleImages.oci(1));
        source.put("ns/b", "1.0", SampleImages.oci(2));
        workplace.sync(source.host(), destination.host() + "/mirror");
        source.log().clear();
        destination.log().clear();

        InProcess.Result result = workplace.sync(source.host(), destination.host() + "/mirror");

        assertThat(result.exitCode()).isZero();
        assertThat(source.log().count("HEAD", "/manifests/")).isEqualTo(2);
        assertThat(source.log().count("GET", "/(manifests|blobs)/")).isZero();
        assertThat(destination.log().count()).isZero();
        assertThat(workplace.metadata().commits()).hasSize(1);
    }

    @Test
    void limitsRequestsInFlight() {
        for (int i = 0; i < 12; i++) {
            source.put("ns/r" + i, "1", SampleImages.oci(i));
            source.put("ns/r" + i, "2", SampleImages.oci(i));
        }

        String mirror = destination.host() + "/mirror";
        workplace.sync(source.host(), mirror);
        source.log().clear();
        destination.log().clear();

        // With another metadata repository it must check everything, and finds nothing to copy.
        InProcess.Result result =
                workplace.sync(source.host(), mirror, "--querylimit=3", "--metadata=" + folder.resolve("other"));

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out()).containsPattern("already there +24 ");
        assertInFlight(source.log(), 3);
        assertInFlight(destination.log(), 3);
    }

    @Test
    void listsRealRegistryByCatalog() {
        try (DockerRegistry real = DockerRegistry.start(folder.resolve("registry"))) {
            real.put("ns/a", "1", SampleImages.docker(1));
            real.put("ns/a/b", "1", SampleImages.multiPlatformDocker(2));
            real.put("elsewhere/a", "1", SampleImages.docker(3));

            InProcess.Result result = workplace.sync(real.host(), destination.host() + "/mirror");

            assertThat(result.exitCode()).as("%s\n%s", result, real.logs()).isZero();
            assertThat(workplace.metadata().images()).containsExactly("a/b:1", "a:1");
            assertThat(destination.manifestDigest("mirror/a/b", "1"))
                    .isEqualTo(SampleImages.multiPlatformDocker(2).digest());
        }
    }

    @Test
    void treatsRepositoryWithoutTagsAsEmpty() {
        source.put("ns/a", "1", SampleImages.oci(1));
        source.createRepository("ns/empty");

        InProcess.Result result = workplace.sync(source.host(), destination.host() + "/mirror");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(workplace.metadata().images()).containsExactly("a:1");
    }

    @Test
    void reportsMissingNamespace() {
        source.put("other/a", "1", SampleImages.oci(1));

        InProcess.Result result = workplace.sync(source.host(), destination.host() + "/mirror");

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.err())
                .isEqualToIgnoringNewLines(
                        "gcrsync: no repository of " + source.host() + " begins with ns/; check --namespace");
        assertThat(destination.log().count()).isZero();
    }

    private static void assertInFlight(RequestLog log, int most) {
        assertThat(log.maxInFlight()).as(log::toString).isPositive().isLessThanOrEqualTo(most);
    }
}
