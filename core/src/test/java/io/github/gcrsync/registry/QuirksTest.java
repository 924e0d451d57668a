package io.github.gcrsync.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing;
import io.github.gcrsync.content.TestImages;
import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.http.client.ApacheTransport;
import io.github.gcrsync.http.client.HttpSettings;
import io.github.gcrsync.http.tls.TlsSettings;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.RegistryOptions;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import io.github.gcrsync.testkit.WebApi;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests each line of the table against a registry with that behavior. */
@Timeout(60)
final class QuirksTest {
    private static final RepositoryName A = new RepositoryName("a");

    /** A line without effect on uploads, for comparison. */
    private static final Quirks.Line NO_LINE = Quirks.TABLE.stream()
            .filter(line -> line.trait() == Quirks.Trait.NO_CATALOG)
            .findFirst()
            .orElseThrow();

    static Stream<Quirks.Line> lines() {
        return Quirks.TABLE.stream();
    }

    @ParameterizedTest
    @MethodSource("lines")
    void appliesEveryLine(Quirks.Line line) {
        assertThat(line.source()).startsWith("https://");
        switch (line.trait()) {
            case NO_CATALOG -> isNotAskedForItsCatalog(line);
            case HUB_API -> isListedByTheWebSite(line);
            case QUAY_API -> isListedWithDigests(line);
            case MUST_EXIST -> saysWhatToDoAboutAMissingRepository(line);
            case CATALOG_OF_OWN -> saysWhyNothingMayBeListed(line);
            case NEEDS_REALM -> saysWhatItsAdministratorHasToDo(line);
            case PATCH_ONLY -> getsNoBlobByPut(line);
            case NO_CHUNKS -> getsNoRanges(line);
            case LARGEST_CHUNK, LEAST_CHUNK -> getsChunksOfThatSize(line);
            case LARGEST_PUT -> getsNoLongerPut(line);
            case LAST_CHUNK_IN_PUT -> getsTheLastChunkWithThePut(line);
            case NO_REFERRERS_API -> isAskedForTheTagInstead(line);
            case PULL_QUOTA -> isAskedByHead(line);
            case LISTS_DIGESTS -> isAskedForALargePage(line);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "docker.io, PULL_QUOTA",
        "docker.io, HUB_API",
        "ghcr.io, LARGEST_CHUNK",
        "123456789012.dkr.ecr.eu-central-1.amazonaws.com, MUST_EXIST",
        "public.ecr.aws, MUST_EXIST",
        "europe-west3-docker.pkg.dev, NO_CHUNKS",
        "gcr.io, NO_CHUNKS",
        "gcr.io, LISTS_DIGESTS",
        "europe-west3-docker.pkg.dev, LISTS_DIGESTS",
        "eu.gcr.io, NO_CHUNKS",
        "mine.azurecr.io, LARGEST_PUT",
        "registry.gitlab.com, NO_CATALOG",
        "quay.io, CATALOG_OF_OWN",
        "quay.io, QUAY_API",
        "mine.jfrog.io, PATCH_ONLY",
        "artifactory.example.com, PATCH_ONLY",
        "harbor.example.com, MUST_EXIST",
        "nexus.example.com:8083, NEEDS_REALM",
    })
    void recognizesRegistriesByName(String host, String trait) {
        assertThat(Quirks.of(host).has(Quirks.Trait.valueOf(trait))).isTrue();
    }

    @Test
    void assumesNoQuirksForOtherRegistries() {
        for (String host : List.of("127.0.0.1:5000", "notdocker.io", "ghcr.io.example.com", "xdkr.ecr.amazonaws.com")) {
            assertThat(Quirks.of(host)).as(host).isSameAs(Quirks.NONE);
        }
    }

    private interface Use {
        void use(RemoteRegistry registry);
    }

    private static void isAskedForALargePage(Quirks.Line line) {
        try (TestRegistry server = TestRegistry.builder().gcrListing(true).start()) {
            server.put("ns/a", "1", SampleImages.oci(1));
            with(server, line, registry -> {
                assertThat(registry.listsDigests()).isTrue();
                assertThat(registry.repository(new RepositoryName("ns/a")).tags())
                        .containsExactly("1");
            });
        }
    }

    private static void with(TestRegistry server, Quirks.Line line, Use use) {
        try (ApacheTransport http = new ApacheTransport(
                new HttpSettings(Duration.ofSeconds(20), Optional.empty(), TlsSettings.SYSTEM, 8, "test"))) {
            use.use(new RemoteRegistry(server.host(), true, Registries.access(http), new Quirks(List.of(line))));
        }
    }

    private record Sent(int patches, int puts) {}

    private static Sent upload(RegistryOptions options, Quirks.Line line, int size) {
        byte[] bytes = TestImages.bytes(1, size);
        Descriptor blob = TestImages.blob(bytes);
        try (TestRegistry server = options.start()) {
            with(server, line, registry -> registry.repository(A).ensureBlob(blob, TestImages.content(bytes)));
            assertThat(server.hasBlob("a", blob.digest().value())).isTrue();
            return new Sent(server.log().count("PATCH", ".*"), server.log().count("PUT", ".*"));
        }
    }

    private static void isNotAskedForItsCatalog(Quirks.Line line) {
        try (TestRegistry server = TestRegistry.builder().catalog(false).start()) {
            with(
                    server,
                    line,
                    registry -> assertThatThrownBy(
                                    () -> registry.namespace(A, 2).list())
                            .isInstanceOf(ContentException.Unsupported.class)
                            .extracting(e -> ((ContentException) e).remedy().orElseThrow())
                            .asString()
                            .contains(line.advice()));
            assertThat(server.log().count("GET", "_catalog")).isZero();
        }
    }

    private static void isListedByTheWebSite(Quirks.Line line) {
        try (TestRegistry server = TestRegistry.builder().catalog(false).start()) {
            server.put("a/one", "1", SampleImages.oci(1));
            server.put("a/two", "2", SampleImages.oci(2));
            String pages = "/v2/namespaces/a/repositories$";
            server.fault(Fault.on("GET", pages).status(200, """
                    {"count":2,"next":"https://elsewhere.example.com/","previous":null,"results":[
                     {"name":"one","namespace":"a","is_private":false,"categories":[{"name":"x"}]}]}"""));
            server.fault(Fault.on("GET", pages).status(200, """
                    {"count":2,"next":null,"results":[{"name":"two"},{"name":"../up"}]}"""));
            with(server, line, registry -> {
                Listing listing = registry.namespace(A, 2).list();
                assertThat(listing.repositories())
                        .extracting(repository -> repository.name().value())
                        .containsExactly("a/one", "a/two");
                assertThat(listing.invalid()).containsExactly("a/../up");
            });
            assertThat(server.log().count("GET", "_catalog")).isZero();
        }
    }

    private static void isListedWithDigests(Quirks.Line line) {
        RepositoryName repository = new RepositoryName("ns/a");
        try (TestRegistry server = TestRegistry.builder().webApi(WebApi.QUAY).start()) {
            server.put("ns/a", "1", SampleImages.oci(1));
            with(
                    server,
                    line,
                    registry -> assertThat(
                                    new DetailLists(registry).all(repository).digest("1"))
                            .isPresent());
            with(
                    server,
                    NO_LINE,
                    registry -> assertThat(
                                    new DetailLists(registry).all(repository).digest("1"))
                            .isEmpty());
        }
    }

    private static void saysWhatToDoAboutAMissingRepository(Quirks.Line line) {
        byte[] bytes = TestImages.bytes(1, 10);
        try (TestRegistry server =
                TestRegistry.builder().requireRepositoryExists(true).start()) {
            with(
                    server,
                    line,
                    registry -> assertThatThrownBy(() -> registry.repository(A)
                                    .ensureBlob(TestImages.blob(bytes), TestImages.content(bytes)))
                            .isInstanceOf(ContentException.NotFound.class)
                            .hasMessageContaining("must exist")
                            .extracting(e -> ((ContentException) e).remedy().orElseThrow())
                            .asString()
                            .contains(line.advice()));
        }
    }

    private static void saysWhyNothingMayBeListed(Quirks.Line line) {
        try (TestRegistry server = TestRegistry.start()) {
            server.put("other/app", "1", SampleImages.oci(1));
            with(
                    server,
                    line,
                    registry -> assertThatThrownBy(
                                    () -> registry.namespace(A, 2).list())
                            .isInstanceOf(ContentException.NotFound.class)
                            .hasMessageContaining("without credentials"));
        }
    }

    private static void saysWhatItsAdministratorHasToDo(Quirks.Line line) {
        try (TestRegistry server = TestRegistry.builder().basicAuth("u", "p").start()) {
            with(
                    server,
                    line,
                    registry -> assertThatThrownBy(
                                    () -> registry.namespace(A, 2).list())
                            .isInstanceOf(ContentException.Denied.class)
                            .hasMessageContaining("401")
                            .extracting(e -> ((ContentException) e).remedy().orElseThrow())
                            .asString()
                            .contains(line.advice()));
        }
    }

    private static void getsNoBlobByPut(Quirks.Line line) {
        assertThat(upload(TestRegistry.builder(), line, 100)).isEqualTo(new Sent(1, 1));
        assertThat(upload(TestRegistry.builder(), NO_LINE, 100)).isEqualTo(new Sent(0, 1));
    }

    private static void getsNoRanges(Quirks.Line line) {
        // A stream that is refused as too long is not sent again in chunks, which the registry would take for streams.
        byte[] bytes = TestImages.bytes(1, 300_000);
        try (TestRegistry server =
                TestRegistry.builder().maxPutSize(1000).maxPatchSize(200_000).start()) {
            with(
                    server,
                    line,
                    registry -> assertThatThrownBy(() -> registry.repository(A)
                                    .ensureBlob(TestImages.blob(bytes), TestImages.content(bytes)))
                            .isInstanceOf(ContentException.class)
                            .hasMessageContaining("413"));
            assertThat(server.log().count("PATCH", ".*")).isEqualTo(1);
        }
        assertThat(upload(TestRegistry.builder().maxPutSize(1000).maxPatchSize(200_000), NO_LINE, 300_000))
                .as("chunks without the line")
                .isEqualTo(new Sent(3, 2));
    }

    private static void getsChunksOfThatSize(Quirks.Line line) {
        int bytes = (int) line.bytes();
        if (line.trait() == Quirks.Trait.LARGEST_CHUNK) {
            Sent sent = upload(TestRegistry.builder().maxPutSize(1000).maxPatchSize(bytes), line, 3 * bytes + 2);
            assertThat(sent).as("the refused stream, then four chunks").isEqualTo(new Sent(5, 2));
            assertThat(upload(TestRegistry.builder().maxPutSize(1000).maxPatchSize(bytes), NO_LINE, 3 * bytes + 2))
                    .as("without the line, chunks of half the refused size first")
                    .isNotEqualTo(sent);
        } else {
            UploadWays ways = new UploadWays(new Quirks(List.of(line)));
            ways.ruleOut(new UploadWays.Way.Whole(), "PUT", 413, bytes, 3L * bytes, 0);
            ways.ruleOut(new UploadWays.Way.Streamed(), "PATCH", 413, bytes, 3L * bytes, 0);
            assertThat(ways.wayFor(3L * bytes, 0)).isEqualTo(new UploadWays.Way.Chunked(bytes));
        }
    }

    private static void getsNoLongerPut(Quirks.Line line) {
        int bytes = (int) line.bytes();
        assertThat(upload(TestRegistry.builder().maxPutSize(bytes).locationWithQuery(true), line, bytes + 1))
                .isEqualTo(new Sent(1, 1));
    }

    private static void getsTheLastChunkWithThePut(Quirks.Line line) {
        assertThat(upload(TestRegistry.builder().maxPutSize(200_000).maxPatchSize(200_000), line, 300_000))
                .as("a refused PUT, a refused PATCH, an accepted PATCH of half the size, and the rest by PUT")
                .isEqualTo(new Sent(2, 2));
    }

    private static void isAskedForTheTagInstead(Quirks.Line line) {
        Digest subject = Digest.sha256(new byte[0]);
        try (TestRegistry server = TestRegistry.start()) {
            server.fault(Fault.on("GET", "referrers").status(429).always());
            with(
                    server,
                    line,
                    registry -> assertThat(registry.repository(A).referrers(subject))
                            .isEmpty());
            assertThat(server.log().count("GET", "manifests/sha256-")).isEqualTo(1);
        }
    }

    private static void isAskedByHead(Quirks.Line line) {
        try (TestRegistry server = TestRegistry.builder().pullQuota(5).start();
                Engine engine = Registries.engine().build()) {
            with(server, line, registry -> {
                assertThat(registry.countsPulls()).isTrue();
                registry.askForQuota();
            });
            assertThat(server.log().count("HEAD", "ratelimitpreview/test/manifests/latest"))
                    .isEqualTo(1);
            assertThat(engine.pullQuota(server.host()))
                    .as("no request without the line")
                    .isEmpty();
        }
    }
}
