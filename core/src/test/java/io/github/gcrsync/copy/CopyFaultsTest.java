package io.github.gcrsync.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.BlobContent;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.registry.Registries;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Injects one fault at each request of a copy in turn, at either side, once or permanently: the copy succeeds, or fails
 * naming the side; a tag of the destination never points to an incomplete image; and the next copy succeeds.
 */
@Timeout(120)
final class CopyFaultsTest {
    private static final SampleImage IMAGE = SampleImages.nestedIndex(1);
    private static final String FROM = "ns/a";
    private static final RepositoryName TO = new RepositoryName("mirror/a");

    /** The injected faults. */
    enum Kind {
        RESET,
        CUT_AT_ONCE,
        CUT,
        CORRUPT,
        CUT_UPLOAD,
        STATUS_400,
        STATUS_401,
        STATUS_403,
        STATUS_404,
        STATUS_413,
        STATUS_429,
        STATUS_500,
        NONSENSE;

        Fault at(int request, int times) {
            Fault fault = Fault.on("*", ".*").skip(request).times(times);
            return switch (this) {
                case RESET -> fault.resetConnection();
                case CUT_AT_ONCE -> fault.cutAfter(0);
                case CUT -> fault.cutAfter(40);
                case CORRUPT -> fault.corruptByte(40);
                case CUT_UPLOAD -> fault.cutUploadAfter(40);
                case NONSENSE -> fault.status(200, "nonsense");
                default -> fault.status(Integer.parseInt(name().substring("STATUS_".length())));
            };
        }
    }

    private static void copy(TestRegistry source, TestRegistry destination) {
        try (Engine engine = Registries.engine().build()) {
            copy(engine, source, destination);
        }
    }

    private static void copy(Engine engine, TestRegistry source, TestRegistry destination) {
        new Copier(4, new StopSignal(), CopyListener.SILENT)
                .copy(
                        engine.registry(source.host()).repository(new RepositoryName(FROM)),
                        IMAGE.digest(),
                        engine.registry(destination.host()).repository(TO),
                        "1",
                        true);
    }

    @Test
    void copiesToDestinationThatForbidsReadingMissingContent() {
        try (TestRegistry source = source();
                TestRegistry destination = TestRegistry.start()) {
            destination.fault(Fault.on("HEAD", "/manifests/").status(403).always());

            copy(source, destination);

            assertThat(destination.log().count("PUT", "/mirror/a/manifests/1$")).isEqualTo(1);
        }
    }

    private static TestRegistry source() {
        TestRegistry source = TestRegistry.start();
        source.put(FROM, "1", IMAGE);
        return source;
    }

    private static void assertWhole(TestRegistry destination) {
        String to = TO.value();
        assertThat(destination.tags(to)).containsExactly("1");
        assertThat(destination.manifestDigest(to, "1")).isEqualTo(IMAGE.digest());
        IMAGE.manifests().forEach((digest, manifest) -> {
            assertThat(destination.manifestDigest(to, digest)).isEqualTo(digest);
            assertThat(destination.manifestBytes(to, digest))
                    .isEqualTo(manifest.content().bytes());
        });
        assertThat(IMAGE.blobs().keySet()).allMatch(digest -> destination.hasBlob(to, digest));
    }

    @Test
    void fetchesBlobDamagedInTransitAgain() {
        try (TestRegistry source = source();
                TestRegistry destination = TestRegistry.start()) {
            String blob = IMAGE.blobs().keySet().iterator().next();
            source.fault(Fault.on("GET", "/blobs/" + blob).corruptByte(3));

            copy(source, destination);

            assertWhole(destination);
            assertThat(source.log().count("GET", "/blobs/" + blob)).isEqualTo(2);
        }
    }

    @Test
    void fetchesBlobDamagedAtSourceTwiceAtMost() {
        try (TestRegistry source = source();
                TestRegistry destination = TestRegistry.start()) {
            String blob = IMAGE.blobs().keySet().iterator().next();
            source.fault(Fault.on("GET", "/blobs/" + blob).corruptByte(3).always());

            assertThatThrownBy(() -> copy(source, destination))
                    .isInstanceOfSatisfying(
                            CopyException.class, e -> assertThat(e.side()).isEqualTo(Side.SOURCE))
                    .hasMessageContaining(blob);
            assertThat(source.log().count("GET", "/blobs/" + blob)).isEqualTo(2);
            assertThat(destination.hasBlob(TO.value(), blob)).isFalse();
        }
    }

    /** Reports the place of an internal error, but not its message, which may contain secrets. */
    @Test
    void reportsInternalErrorAsFailureOfItsImage() {
        try (TestRegistry source = source();
                TestRegistry destination = TestRegistry.start();
                Engine engine = Registries.engine().build()) {
            Broken broken = new Broken(engine.registry(source.host()).repository(new RepositoryName(FROM)));

            assertThatThrownBy(() -> new Copier(4, new StopSignal(), CopyListener.SILENT)
                            .copy(
                                    broken,
                                    IMAGE.digest(),
                                    engine.registry(destination.host()).repository(TO),
                                    "1",
                                    true))
                    .isInstanceOfSatisfying(CopyException.class, e -> {
                        assertThat(e.side()).isEqualTo(Side.SOURCE);
                        assertThat(e.reason()).isInstanceOf(ContentException.Unexpected.class);
                        assertThat(e.reason().getMessage())
                                .matches("internal error: IllegalStateException at CopyFaultsTest\\.java:\\d+");
                        assertThat(e.reason()).hasRootCauseMessage("hunter2");
                    });
            assertThat(destination.tags(TO.value())).isEmpty();
        }
    }

    /** A source that throws an unexpected exception for blobs. */
    private record Broken(ImageSource source) implements ImageSource {
        @Override
        public Optional<Descriptor> resolve(String tagOrDigest) {
            return source.resolve(tagOrDigest);
        }

        @Override
        public Manifest manifest(String tagOrDigest) {
            return source.manifest(tagOrDigest);
        }

        @Override
        public BlobContent blob(Descriptor blob) {
            throw new IllegalStateException("hunter2");
        }

        @Override
        public Stream<String> tags() {
            return source.tags();
        }

        @Override
        public List<Descriptor> referrers(Digest subject) {
            return source.referrers(subject);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void survivesFaultsAtSource(Kind kind) {
        int requests = requests(Side.SOURCE);
        for (int times : new int[] {1, 2, Integer.MAX_VALUE}) {
            for (int i = 0; i < requests; i++) {
                struck(kind, Side.SOURCE, i, times);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void survivesFaultsAtDestination(Kind kind) {
        int requests = requests(Side.DESTINATION);
        for (int times : new int[] {1, Integer.MAX_VALUE}) {
            for (int i = 0; i < requests; i++) {
                struck(kind, Side.DESTINATION, i, times);
            }
        }
    }

    private static int requests(Side side) {
        try (TestRegistry source = source();
                TestRegistry destination = TestRegistry.start()) {
            copy(source, destination);
            return (side == Side.SOURCE ? source : destination).log().count();
        }
    }

    private static void struck(Kind kind, Side side, int request, int times) {
        String what = "%s at request %d of the %s, %d times".formatted(kind, request, side, times);
        try (TestRegistry source = source();
                TestRegistry destination = TestRegistry.start()) {
            TestRegistry struck = side == Side.SOURCE ? source : destination;
            struck.fault(kind.at(request, times));
            try {
                copy(source, destination);
                assertNoLie(kind, destination, what);
            } catch (CopyException e) {
                assertThat(e.side()).as(what).isEqualTo(side);
                assertThat(e.reason().getMessage()).as(what).contains(struck.host());
                assertThat(destination.tags(TO.value())).as(what).isIn(List.of(), List.of("1"));
                if (!destination.tags(TO.value()).isEmpty()) {
                    assertWhole(destination); // Stored, but the answer was lost.
                }
            }
            source.clearFaults();
            destination.clearFaults();
            copy(source, destination);
            assertWhole(destination);
        }
    }

    /** A destination that answers 200 to everything and stores nothing cannot be detected. */
    private static void assertNoLie(Kind kind, TestRegistry destination, String what) {
        if (kind != Kind.NONSENSE) {
            assertThat(destination.tags(TO.value())).as(what).containsExactly("1");
            assertWhole(destination);
        }
    }

    @Test
    void recoversFromStallAtSource() {
        int requests = requests(Side.SOURCE);
        for (int i = 0; i < requests; i++) {
            try (TestRegistry source = source();
                    TestRegistry destination = TestRegistry.start();
                    Engine impatient =
                            Registries.engine().timeout(Duration.ofMillis(500)).build()) {
                source.fault(Fault.on("*", ".*").skip(i).stallAfter(20));
                copy(impatient, source, destination);
                assertWhole(destination);
            }
        }
    }
}
