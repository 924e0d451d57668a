package io.github.gcrsync.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.BlobArrival;
import io.github.gcrsync.content.BlobContent;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.content.TestImages;
import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.http.ScriptedServer;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.RegistryOptions;
import io.github.gcrsync.testkit.TestRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Uploads blobs to registries with different behavior. */
@Timeout(60)
final class BlobUploadTest {
    private static final byte[] BYTES = TestImages.bytes(1, 300_000);
    private static final Descriptor BLOB = TestImages.blob(BYTES);

    private final Engine engine = Registries.engine().build();
    private final AtomicInteger opened = new AtomicInteger();

    @AfterEach
    void stop() {
        engine.close();
    }

    private Repository a(String host) {
        return engine.registry(host).repository(new RepositoryName("a"));
    }

    private BlobContent content() {
        return offset -> {
            opened.incrementAndGet();
            return TestImages.content(BYTES).openAt(offset);
        };
    }

    private BlobArrival ensure(TestRegistry registry) {
        BlobArrival arrival = a(registry.host()).ensureBlob(BLOB, content());
        assertThat(registry.hasBlob("a", BLOB.digest().value())).isTrue();
        return arrival;
    }

    private void assertUploaded(RegistryOptions options, int requests) {
        try (TestRegistry registry = options.start()) {
            assertThat(ensure(registry)).isEqualTo(BlobArrival.UPLOADED);
            assertThat(registry.log().count()).as("%s", registry.log()).isEqualTo(requests);
        }
    }

    @Test
    void acceptsEveryFormOfUploadLocation() {
        assertUploaded(TestRegistry.builder(), 2);
        assertUploaded(TestRegistry.builder().relativeLocations(true), 2);
        assertUploaded(TestRegistry.builder().locationWithQuery(true), 2);
        assertUploaded(TestRegistry.builder().locationWithQuery(true).relativeLocations(true), 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 405})
    void usesHeadAfterFirstRefusedMount(int status) {
        try (TestRegistry registry = TestRegistry.start()) {
            registry.fault(Fault.on("POST", "uploads").status(status));
            assertThat(ensure(registry)).isEqualTo(BlobArrival.UPLOADED);
            assertThat(registry.log().count("POST", ".*")).isEqualTo(2);

            try (Engine other = Registries.engine().build()) {
                registry.fault(Fault.on("POST", "uploads").status(status));
                registry.log().clear();
                assertThat(other.registry(registry.host())
                                .repository(new RepositoryName("a"))
                                .ensureBlob(BLOB, content()))
                        .isEqualTo(BlobArrival.ALREADY_THERE);
                assertThat(registry.log().requestBytes()).isZero();
            }
        }
    }

    @Test
    void asksOnceWhetherIgnoredMountWasUnnecessary() {
        try (TestRegistry registry = TestRegistry.builder().mounts(false).start();
                Engine engine = Registries.engine().build()) {
            RemoteRegistry to = engine.registry(registry.host());
            for (String repository : List.of("a", "b", "c")) {
                assertThat(to.repository(new RepositoryName(repository)).ensureBlob(BLOB, content()))
                        .isEqualTo(BlobArrival.UPLOADED);
            }
            assertThat(registry.log().count("HEAD", "/v2/b/blobs/.*")).isEqualTo(1);
            assertThat(registry.log().count("HEAD", "")).isEqualTo(1);
        }
    }

    /** As in the registry of go-containerregistry. */
    @Test
    void sendsNothingIfBlobIsInAllRepositories() {
        try (TestRegistry registry = TestRegistry.builder().mounts(false).start();
                Engine engine = Registries.engine().build()) {
            RemoteRegistry to = engine.registry(registry.host());
            to.repository(new RepositoryName("a")).ensureBlob(BLOB, content());
            registry.fault(Fault.on("HEAD", "/blobs/").status(200).always());
            registry.log().clear();
            for (String repository : List.of("b", "c")) {
                assertThat(to.repository(new RepositoryName(repository)).ensureBlob(BLOB, content()))
                        .isEqualTo(BlobArrival.ALREADY_THERE);
            }
            assertThat(registry.log().requestBytes()).isZero();
            assertThat(registry.log().count()).as("%s", registry.log()).isEqualTo(3);
        }
    }

    @Test
    void uploadsAfterForbiddenMount() {
        for (int status : new int[] {403, 404}) {
            try (TestRegistry registry = TestRegistry.start()) {
                registry.fault(Fault.on("POST", "uploads").status(status));
                assertThat(ensure(registry)).isEqualTo(BlobArrival.UPLOADED);
            }
        }
    }

    @Test
    void treatsRefusalOfExistingBlobAsSuccess() {
        try (TestRegistry registry = TestRegistry.builder().mounts(false).start();
                TestRegistry without = TestRegistry.start()) {
            ensure(registry);
            for (TestRegistry each : List.of(registry, without)) {
                each.fault(Fault.on("PUT", "uploads")
                        .status(400, "{\"errors\":[{\"code\":\"BLOB_UPLOAD_INVALID\"}]}")
                        .always());
            }
            try (Engine other = Registries.engine().build()) {
                assertThat(other.registry(registry.host())
                                .repository(new RepositoryName("a"))
                                .ensureBlob(BLOB, content()))
                        .isEqualTo(BlobArrival.ALREADY_THERE);
                assertThatThrownBy(() -> other.registry(without.host())
                                .repository(new RepositoryName("a"))
                                .ensureBlob(BLOB, content()))
                        .isInstanceOf(ContentException.Unsupported.class)
                        .hasMessageContaining("BLOB_UPLOAD_INVALID");
            }
        }
    }

    @Test
    void reportsMissingRepository() {
        try (TestRegistry registry =
                TestRegistry.builder().requireRepositoryExists(true).start()) {
            assertThatThrownBy(() -> ensure(registry))
                    .isInstanceOf(ContentException.NotFound.class)
                    .hasMessageContaining("404")
                    .hasMessageContaining("NAME_UNKNOWN")
                    .hasMessageContaining("the repository a does not exist");
            assertThat(opened).hasValue(0);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1})
    void restartsUploadCutBeforeItStarted(long after) {
        try (TestRegistry registry = TestRegistry.start()) {
            registry.fault(Fault.on("PUT", "uploads").cutUploadAfter(after));
            assertThat(ensure(registry)).isEqualTo(BlobArrival.UPLOADED);
            assertThat(registry.log().count("POST", ".*")).isEqualTo(2);
            assertThat(opened).hasValue(2);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {65_536, 150_000, 299_999})
    void resumesCutUploadFromSession(long after) {
        try (TestRegistry registry =
                TestRegistry.builder().locationWithQuery(true).start()) {
            registry.fault(Fault.on("PUT", "uploads").cutUploadAfter(after));
            assertThat(ensure(registry)).isEqualTo(BlobArrival.UPLOADED);
            assertThat(registry.log().count("POST", ".*")).isEqualTo(1);
            assertThat(registry.log().count("GET", "uploads")).isEqualTo(1);
        }
    }

    @Test
    void readsSourceOfLargeBlobFromWhereUploadBroke() {
        byte[] large = TestImages.bytes(3, 24 << 20);
        List<Long> offsets = new ArrayList<>();
        try (TestRegistry registry = TestRegistry.start()) {
            registry.fault(Fault.on("PUT", "uploads").cutUploadAfter(20 << 20));
            a(registry.host()).ensureBlob(TestImages.blob(large), offset -> {
                offsets.add(offset);
                return TestImages.content(large).openAt(offset);
            });
            assertThat(registry.hasBlob("a", TestImages.blob(large).digest().value()))
                    .isTrue();
            assertThat(offsets).hasSize(2);
            assertThat(offsets.getLast()).isBetween(19L << 20, 20L << 20);
        }
    }

    @Test
    void verifiesResumedUploadAsAWhole() {
        byte[] large = TestImages.bytes(3, 24 << 20);
        try (TestRegistry registry = TestRegistry.start()) {
            registry.fault(Fault.on("PUT", "uploads").cutUploadAfter(20 << 20));
            AtomicInteger calls = new AtomicInteger();
            a(registry.host()).ensureBlob(TestImages.blob(large), offset -> {
                byte[] bytes = large.clone();
                if (calls.incrementAndGet() == 2) {
                    bytes[bytes.length - 1] ^= 1; // The source is damaged only at the second read.
                }
                return TestImages.content(bytes).openAt(offset);
            });
            assertThat(calls).hasValue(3);
            assertThat(registry.hasBlob("a", TestImages.blob(large).digest().value()))
                    .isTrue();
        }
    }

    @Test
    void restartsAfterLostSession() {
        try (TestRegistry registry = TestRegistry.start()) {
            registry.fault(Fault.on("PUT", "uploads").cutUploadAfter(150_000));
            registry.fault(Fault.on("GET", "uploads").status(404));
            assertThat(ensure(registry)).isEqualTo(BlobArrival.UPLOADED);
            assertThat(registry.log().count("POST", ".*")).isEqualTo(2);
        }
    }

    @Test
    void abandonsSessionThatMiscounts() {
        try (TestRegistry registry = TestRegistry.start()) {
            registry.fault(Fault.on("PUT", "uploads").cutUploadAfter(150_000));
            registry.fault(Fault.on("GET", "uploads").status(204, "").header("Range", "0-99"));
            assertThat(ensure(registry)).isEqualTo(BlobArrival.UPLOADED);
            assertThat(registry.log().count("POST", ".*")).isEqualTo(2);
        }
    }

    @Test
    void findsBlobAfterLostAnswer() {
        try (TestRegistry registry = TestRegistry.start()) {
            CountDownLatch stored = new CountDownLatch(0);
            registry.fault(Fault.on("PUT", "uploads").delayUntil(stored).cutAfter(0));
            // The answer to a PUT has no body to cut, so the connection ends after it; the blob must still arrive.
            assertThat(ensure(registry)).isIn(BlobArrival.UPLOADED, BlobArrival.ALREADY_THERE);
        }
    }

    @ParameterizedTest
    @CsvSource({"429", "503", "500", "404"})
    void retriesTemporaryRefusal(int status) {
        try (TestRegistry registry = TestRegistry.start()) {
            registry.fault(Fault.on("PUT", "uploads").status(status).times(2));
            assertThat(ensure(registry)).isEqualTo(BlobArrival.UPLOADED);
            assertThat(registry.log().count("PUT", ".*")).isEqualTo(3);
        }
    }

    @Test
    void reportsPermanentRefusal() {
        try (TestRegistry registry = TestRegistry.start()) {
            registry.fault(Fault.on("PUT", "uploads").status(503).always());
            assertThatThrownBy(() -> ensure(registry))
                    .isInstanceOf(ContentException.Unreachable.class)
                    .hasMessageContaining("503");
            assertThat(registry.log().count("PUT", ".*")).isEqualTo(3);
        }
        for (int status : new int[] {403, 415}) {
            try (TestRegistry registry = TestRegistry.start()) {
                registry.fault(Fault.on("PUT", "uploads").status(status).always());
                assertThatThrownBy(() -> ensure(registry))
                        .isInstanceOf(ContentException.class)
                        .hasMessageContaining("HTTP " + status);
                assertThat(registry.log().count("PUT", ".*")).isEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void streamsAfterPutTooLargeAndRemembersIt(boolean query) {
        try (TestRegistry registry = TestRegistry.builder()
                .maxPutSize(100_000)
                .locationWithQuery(query)
                .start()) {
            assertThat(ensure(registry)).isEqualTo(BlobArrival.UPLOADED);
            assertThat(registry.log().count("PUT", ".*")).isEqualTo(2);
            registry.log().clear();

            byte[] other = TestImages.bytes(7, 300_000);
            byte[] small = TestImages.bytes(8, 1000);
            a(registry.host()).ensureBlob(TestImages.blob(other), TestImages.content(other));
            assertThat(registry.log().count()).isEqualTo(3);
            a(registry.host()).ensureBlob(TestImages.blob(small), TestImages.content(small));
            assertThat(registry.log().count()).isEqualTo(5);
        }
    }

    @Test
    void sendsChunksIfProxyLimitsBodies() {
        try (TestRegistry registry = TestRegistry.builder()
                .maxPutSize(100_000)
                .maxPatchSize(100_000)
                .chunkMinLength(90_000)
                .start()) {
            assertThat(ensure(registry)).isEqualTo(BlobArrival.UPLOADED);
            registry.log().clear();
            byte[] other = TestImages.bytes(7, 300_000);
            a(registry.host()).ensureBlob(TestImages.blob(other), TestImages.content(other));
            assertThat(registry.log().count("PATCH", ".*"))
                    .as("chunks of 90,000 bytes")
                    .isEqualTo(4);
            assertThat(registry.log().count("PUT", ".*")).isEqualTo(1);
        }
    }

    @Test
    void resumesCutChunkFromSession() {
        try (TestRegistry registry = TestRegistry.builder()
                .maxPutSize(100_000)
                .maxPatchSize(100_000)
                .locationWithQuery(true)
                .start()) {
            registry.fault(Fault.on("PATCH", "uploads").skip(4).cutUploadAfter(30_000));
            assertThat(ensure(registry)).isEqualTo(BlobArrival.UPLOADED);
            assertThat(registry.log().count("GET", "uploads")).isEqualTo(1);
        }
    }

    @Test
    void sendsBytesByPatchIfPutIsRefused() {
        try (TestRegistry registry = TestRegistry.start()) {
            registry.fault(Fault.on("PUT", "uploads").status(405));
            assertThat(ensure(registry)).isEqualTo(BlobArrival.UPLOADED);
            assertThat(registry.log().count("PATCH", "uploads")).isEqualTo(1);
            assertThat(registry.log().count("PUT", "uploads")).isEqualTo(2);
        }
    }

    @Test
    void reportsRefusalIfNoWayIsLeft() {
        try (TestRegistry registry =
                TestRegistry.builder().maxPutSize(100_000).patchAllowed(false).start()) {
            assertThatThrownBy(() -> ensure(registry))
                    .isInstanceOf(ContentException.Unsupported.class)
                    .hasMessageContaining("405");
        }
        try (TestRegistry registry =
                TestRegistry.builder().maxPutSize(10).maxPatchSize(10).start()) {
            assertThatThrownBy(() -> ensure(registry))
                    .isInstanceOf(ContentException.Unsupported.class)
                    .hasMessageContaining("413");
        }
    }

    @Test
    void failsIfRegistryStopsReading() {
        try (TestRegistry registry = TestRegistry.start();
                Engine impatient =
                        Registries.engine().timeout(Duration.ofMillis(300)).build()) {
            byte[] large = TestImages.bytes(2, 40 << 20);
            registry.fault(Fault.on("PUT", "uploads").stallUploadAfter(1000).always());
            assertThatThrownBy(() -> impatient
                            .registry(registry.host())
                            .repository(new RepositoryName("a"))
                            .ensureBlob(TestImages.blob(large), TestImages.content(large)))
                    .isInstanceOf(ContentException.Unreachable.class)
                    .hasMessageContaining("timed out");
        }
    }

    @Test
    void refusesUnusableLocations() {
        for (String location :
                new String[] {"", "X: y", "Location: ", "Location: mailto:a@b", "Location: http://exa mple/"}) {
            try (ScriptedServer server =
                    ScriptedServer.start(call -> call.reply(202, "", location.isEmpty() ? "X: y" : location))) {
                assertThatThrownBy(() -> a(server.host()).ensureBlob(BLOB, content()))
                        .as(location)
                        .isInstanceOf(ContentException.Corrupt.class)
                        .hasMessageContaining("without a usable upload location");
            }
        }
    }

    @Test
    void acceptsAnySuccessStatus() {
        try (ScriptedServer server = ScriptedServer.start(call -> {
            byte[] body = call.body();
            if (call.method().equals("POST")) {
                call.reply(202, "", "Location: /up?state=a%2Fb%3D%3D&x=1");
            } else {
                boolean good = call.target().equals("/up?state=a%2Fb%3D%3D&x=1&digest=" + BLOB.digest())
                        && body.length == BYTES.length;
                call.send("HTTP/1.1 " + (good ? 204 : 400) + " X\r\n\r\n");
            }
        })) {
            assertThat(a(server.host()).ensureBlob(BLOB, content())).isEqualTo(BlobArrival.UPLOADED);
        }
    }

    @Test
    void uploadsEmptyBlob() {
        try (TestRegistry registry = TestRegistry.start()) {
            Descriptor empty = TestImages.blob(new byte[0]);
            assertThat(a(registry.host()).ensureBlob(empty, TestImages.content(new byte[0])))
                    .isEqualTo(BlobArrival.UPLOADED);
            assertThat(registry.hasBlob("a", empty.digest().value())).isTrue();
        }
    }

    @Test
    void neverCompletesUploadOfWrongLength() {
        for (int length : new int[] {299_999, 300_001, 0}) {
            try (TestRegistry registry = TestRegistry.start()) {
                assertThatThrownBy(() ->
                                a(registry.host()).ensureBlob(BLOB, TestImages.content(TestImages.bytes(1, length))))
                        .isInstanceOf(ContentException.Corrupt.class);
                assertThat(registry.hasBlob("a", BLOB.digest().value())).isFalse();
            }
        }
    }
}
