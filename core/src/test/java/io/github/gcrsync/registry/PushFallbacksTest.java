package io.github.gcrsync.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.BlobArrival;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.content.TestImages;
import io.github.gcrsync.copy.Copier;
import io.github.gcrsync.copy.CopyListener;
import io.github.gcrsync.copy.StopSignal;
import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.testkit.Exchange;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tries alternatives if a registry refuses the usual way to push. */
@Timeout(60)
final class PushFallbacksTest {
    private static final String LACKS_A_BLOB = "{\"errors\":[{\"code\":\"MANIFEST_BLOB_UNKNOWN\"}]}";

    private final Engine engine = Registries.engine().build();

    @AfterEach
    void stop() {
        engine.close();
    }

    private BlobArrival push(TestRegistry registry, String repository, int seed) {
        byte[] bytes = TestImages.bytes(seed, 50_000);
        Repository to = engine.registry(registry.host()).repository(new RepositoryName(repository));
        BlobArrival arrival = to.ensureBlob(TestImages.blob(bytes), TestImages.content(bytes));
        assertThat(registry.hasBlob(repository, TestImages.blob(bytes).digest().value()))
                .isTrue();
        return arrival;
    }

    private static List<Exchange> mounts(TestRegistry registry) {
        return registry.log().exchanges().stream()
                .filter(exchange -> exchange.query().contains("mount="))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "400, DIGEST_INVALID",
        "400, BLOB_UPLOAD_INVALID",
        "400, SIZE_INVALID",
        "409, BLOB_UPLOAD_INVALID",
        "416, BLOB_UPLOAD_INVALID"
    })
    void sendsBlobsByPatchIfPutIsRefusedAndRemembersIt(int status, String code) {
        try (TestRegistry registry =
                TestRegistry.builder().refuseBytesInPut(status, code).start()) {
            assertThat(push(registry, "a", 1)).isEqualTo(BlobArrival.UPLOADED);
            assertThat(registry.log().count("PUT", "uploads")).isEqualTo(2);
            assertThat(registry.uploadsInFlight()).isZero();
            registry.log().clear();

            push(registry, "a", 2);
            push(registry, "b", 3);

            assertThat(registry.log().count("PATCH", "uploads")).isEqualTo(2);
            assertThat(registry.log().count()).as("%s", registry.log()).isEqualTo(6);
        }
    }

    @Test
    void triesOtherWayOnlyOnceIfItFailsToo() {
        try (TestRegistry registry = TestRegistry.start()) {
            registry.fault(Fault.on("PUT", "uploads").status(400).always());
            for (int seed = 1; seed <= 3; seed++) {
                int each = seed;
                assertThatThrownBy(() -> push(registry, "a", each))
                        .isInstanceOf(ContentException.Unsupported.class)
                        .hasMessageContaining("HTTP 400");
            }
            assertThat(registry.log().count("PATCH", "uploads")).isEqualTo(1);
            assertThat(registry.log().count("PUT", "uploads")).isEqualTo(4);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 501})
    void uploadsIfMountFailsAndStopsMounting(int status) {
        try (TestRegistry registry = TestRegistry.start()) {
            registry.fault(
                    Fault.on("POST", "uploads").times(status == 500 ? 3 : 1).status(status));

            assertThat(push(registry, "a", 1)).isEqualTo(BlobArrival.UPLOADED);
            int before = mounts(registry).size();
            assertThat(push(registry, "a", 2)).isEqualTo(BlobArrival.UPLOADED);

            assertThat(mounts(registry)).hasSize(before);
        }
    }

    @Test
    void failsIfNoUploadCanBeStarted() {
        try (TestRegistry registry = TestRegistry.start()) {
            registry.fault(Fault.on("POST", "uploads").status(500).always());

            assertThatThrownBy(() -> push(registry, "a", 1)).isInstanceOf(ContentException.Unreachable.class);
        }
    }

    @Test
    void sendsABlobThatAMountClaimedAndTheManifestLacks() {
        SampleImage image = SampleImages.oci("linux/amd64", SampleImages.layer(1, 2));
        try (TestRegistry source = TestRegistry.start();
                TestRegistry destination = TestRegistry.start()) {
            source.put("a", "1", image);
            destination.fault(Fault.on("POST", "uploads")
                    .times(image.blobs().size())
                    .header("Location", "/v2/a/blobs/x")
                    .status(201, ""));

            copy(source, destination, image);

            assertThat(destination.manifestDigest("a", "1")).isEqualTo(image.digest());
            assertThat(mounts(destination)).hasSize(image.blobs().size());
        }
    }

    @Test
    void retriesManifestBeforePushingItsChildrenAgain() {
        SampleImage image = SampleImages.nestedIndex(1);
        try (TestRegistry source = TestRegistry.start();
                TestRegistry destination = TestRegistry.start()) {
            source.put("a", "1", image);
            destination.fault(Fault.on("PUT", "/manifests/1$").status(400, LACKS_A_BLOB));

            copy(source, destination, image);

            assertThat(destination.manifestDigest("a", "1")).isEqualTo(image.digest());
            assertThat(destination.log().count("PUT", "/manifests/"))
                    .isEqualTo(image.manifests().size() + 1);
            assertThat(destination.log().count("POST", "uploads"))
                    .isEqualTo(image.blobs().size());
        }
    }

    private void copy(TestRegistry source, TestRegistry destination, SampleImage image) {
        RepositoryName name = new RepositoryName("a");
        new Copier(4, new StopSignal(), CopyListener.SILENT)
                .copy(
                        engine.registry(source.host()).repository(name),
                        image.digest(),
                        engine.registry(destination.host()).repository(name),
                        "1",
                        true);
    }
}
