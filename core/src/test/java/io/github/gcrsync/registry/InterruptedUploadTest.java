package io.github.gcrsync.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.BlobArrival;
import io.github.gcrsync.content.BlobContent;
import io.github.gcrsync.content.TestImages;
import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.testkit.DockerRegistry;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.FaultProxy;
import io.github.gcrsync.testkit.TestRegistry;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Uploads that one run starts and another run finishes. */
@Timeout(120)
final class InterruptedUploadTest {
    private static final byte[] BYTES = TestImages.bytes(4, 24 << 20);
    private static final Descriptor BLOB = TestImages.blob(BYTES);
    private static final int BROKEN_AT = 20 << 20;

    private final Remembering journal = new Remembering();
    private final List<Long> offsets = new ArrayList<>();

    /** Simulates a killed run. */
    private static final class KilledException extends RuntimeException {}

    /** A journal in memory. */
    private static final class Remembering implements UploadJournal {
        private final Map<String, String> locations = new ConcurrentHashMap<>();

        @Override
        public Entry open(String host, RepositoryName repository, Digest blob) {
            String key = host + " " + repository + " " + blob;
            return new Entry() {
                @Override
                public Optional<String> location() {
                    return Optional.ofNullable(locations.get(key));
                }

                @Override
                public void remember(String location) {
                    locations.put(key, location);
                }

                @Override
                public void forget() {
                    locations.remove(key);
                }

                @Override
                public void close() {
                    // The record is kept.
                }
            };
        }
    }

    /** Content that kills the run after some bytes. */
    private static BlobContent killed(byte[] bytes) {
        return offset -> new FilterInputStream(TestImages.content(bytes).openAt(offset)) {
            private long position = offset;

            @Override
            public int read(byte[] buffer, int from, int most) throws IOException {
                if (position >= BROKEN_AT) {
                    throw new KilledException();
                }
                int read = in.read(buffer, from, (int) Math.min(most, BROKEN_AT - position));
                position += read;
                return read;
            }
        };
    }

    private BlobContent whole() {
        return offset -> {
            offsets.add(offset);
            return TestImages.content(BYTES).openAt(offset);
        };
    }

    private BlobArrival run(String host, BlobContent content) {
        try (Engine engine = Registries.engine().uploadJournal(journal).build()) {
            return engine.registry(host).repository(new RepositoryName("a")).ensureBlob(BLOB, content);
        }
    }

    private TestRegistry interrupted(byte[] beginning) {
        TestRegistry registry = TestRegistry.builder().locationWithQuery(true).start();
        assertThatThrownBy(() -> run(registry.host(), killed(beginning))).isInstanceOf(KilledException.class);
        assertThat(journal.locations).hasSize(1);
        registry.log().clear();
        return registry;
    }

    private void assertArrived(TestRegistry registry) {
        assertThat(registry.hasBlob("a", BLOB.digest().value())).isTrue();
        assertThat(journal.locations).isEmpty();
    }

    @Test
    void resumesUploadOfEarlierRun() {
        try (TestRegistry registry = interrupted(BYTES)) {
            assertThat(run(registry.host(), whole())).isEqualTo(BlobArrival.UPLOADED);

            assertArrived(registry);
            assertThat(offsets).hasSize(1);
            // Not all bytes reached the registry: those in the connection's buffers were lost with the run.
            assertThat(offsets.getFirst()).isBetween(BROKEN_AT / 4L, (long) BROKEN_AT);
            assertThat(registry.log().requestBytes()).isEqualTo(BYTES.length - offsets.getFirst());
            assertThat(registry.log().count()).as("%s", registry.log()).isEqualTo(2);
        }
    }

    @Test
    void restartsUploadIfSessionIsGone() {
        for (int status : new int[] {400, 401, 404, 500}) {
            offsets.clear();
            try (TestRegistry registry = interrupted(BYTES)) {
                registry.fault(Fault.on("GET", "uploads").status(status).always());
                assertThat(run(registry.host(), whole())).isEqualTo(BlobArrival.UPLOADED);
                assertArrived(registry);
                assertThat(offsets).containsExactly(0L);
            }
        }
    }

    @Test
    void sendsEverythingAgainIfSessionHasWrongBytes() {
        byte[] other = BYTES.clone();
        other[0] ^= 1;
        try (TestRegistry registry = interrupted(other)) {
            assertThat(run(registry.host(), whole())).isEqualTo(BlobArrival.UPLOADED);
            assertArrived(registry);
            assertThat(offsets).hasSize(2).last().isEqualTo(0L);
        }
    }

    @Test
    void resumesUploadThatBreaksAgain() {
        try (TestRegistry registry = interrupted(BYTES)) {
            registry.fault(Fault.on("PUT", "uploads").cutUploadAfter(1 << 20));
            assertThat(run(registry.host(), whole())).isEqualTo(BlobArrival.UPLOADED);
            assertArrived(registry);
            assertThat(offsets).hasSize(2);
            assertThat(offsets.getLast()).isEqualTo(offsets.getFirst() + (1 << 20));
            assertThat(registry.log().count("POST", ".*")).isZero();
        }
    }

    @Test
    void sendsNothingIfOnlyFinalRequestIsMissing() {
        try (TestRegistry registry = TestRegistry.builder().maxPutSize(1 << 20).start()) {
            registry.fault(Fault.on("PUT", "uploads").skip(1).resetConnection().always());
            assertThatThrownBy(() -> run(registry.host(), whole())).hasMessageContaining("no answer to");
            registry.clearFaults();
            registry.log().clear();
            offsets.clear();

            assertThat(run(registry.host(), whole())).isEqualTo(BlobArrival.UPLOADED);

            assertArrived(registry);
            assertThat(offsets).isEmpty();
            assertThat(registry.log().requestBytes()).isZero();
        }
    }

    @Test
    void doesNotSendBlobThatNowExists() {
        try (TestRegistry registry = interrupted(BYTES)) {
            registry.fault(Fault.on("GET", "uploads").status(404));
            try (Engine other = Registries.engine().build()) {
                other.registry(registry.host())
                        .repository(new RepositoryName("a"))
                        .ensureBlob(BLOB, whole());
            }
            registry.log().clear();
            assertThat(run(registry.host(), whole())).isEqualTo(BlobArrival.ALREADY_THERE);
            assertThat(registry.log().requestBytes()).isZero();
            assertArrived(registry);
        }
    }

    @Test
    void ignoresInvalidLocation() {
        for (String location : new String[] {"", "mailto:a@b", "http://exa mple/", "::"}) {
            offsets.clear();
            try (TestRegistry registry = interrupted(BYTES)) {
                journal.locations.replaceAll((_, _) -> location);
                assertThat(run(registry.host(), whole())).isEqualTo(BlobArrival.UPLOADED);
                assertArrived(registry);
                assertThat(registry.log().count("GET", ".*")).isZero();
                assertThat(offsets).containsExactly(0L);
            }
        }
    }

    /** It keeps the bytes of complete requests; an interrupted request destroys its session. */
    @Test
    void resumesAtLastCompleteChunkOfDockerRegistry(@TempDir Path folder) throws Exception {
        try (DockerRegistry registry = DockerRegistry.start(folder);
                FaultProxy front = FaultProxy.inFrontOf(registry.host())) {
            // Forces chunks of half the blob's size.
            front.fault(Fault.on("PUT", "uploads").status(413));
            front.fault(Fault.on("PATCH", "uploads").status(413));
            front.fault(Fault.on("PATCH", "uploads").skip(1).resetConnection().always());
            assertThatThrownBy(() -> run(front.host(), TestImages.content(BYTES)))
                    .hasMessageContaining("no answer to");
            front.clearFaults();
            front.log().clear();

            assertThat(run(front.host(), whole())).isEqualTo(BlobArrival.UPLOADED);

            assertThat(offsets).containsExactly(BYTES.length / 2L);
            assertThat(front.log().requestBytes()).isEqualTo(BYTES.length / 2);
            try (Engine engine = Registries.engine().build();
                    InputStream in = engine.registry(registry.host())
                            .repository(new RepositoryName("a"))
                            .blob(BLOB)
                            .openAt(0)) {
                assertThat(in.readAllBytes()).isEqualTo(BYTES);
            }
        }
    }

    @Test
    void doesNotJournalSmallBlob() {
        byte[] small = TestImages.bytes(1, 300_000);
        try (TestRegistry registry = TestRegistry.start();
                Engine engine = Registries.engine()
                        .uploadJournal((_, _, _) -> {
                            throw new IllegalStateException("asked for");
                        })
                        .build()) {
            engine.registry(registry.host())
                    .repository(new RepositoryName("a"))
                    .ensureBlob(TestImages.blob(small), TestImages.content(small));
            assertThat(registry.hasBlob("a", TestImages.blob(small).digest().value()))
                    .isTrue();
        }
    }
}
