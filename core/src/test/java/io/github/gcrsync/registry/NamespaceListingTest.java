package io.github.gcrsync.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing;
import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.http.RetryPolicy;
import io.github.gcrsync.http.ScriptedServer;
import io.github.gcrsync.http.Transport;
import io.github.gcrsync.http.client.ApacheTransport;
import io.github.gcrsync.http.client.HttpSettings;
import io.github.gcrsync.http.tls.TlsSettings;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class NamespaceListingTest {
    private final Engine engine = Engine.builder()
            .timeout(Duration.ofSeconds(20))
            .retries(new RetryPolicy(3, Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofSeconds(30)))
            .build();

    @AfterEach
    void stop() {
        engine.close();
    }

    private Listing list(String host, String namespace) {
        return engine.registry(host).namespace(new RepositoryName(namespace), 5).list();
    }

    private static List<String> tags(Listing listing) {
        return listing.repositories().stream()
                .flatMap(r -> r.tags().stream().map(tag -> r.name() + ":" + tag.tag()))
                .toList();
    }

    @Test
    void readsChildrenAndDigestsOfGcr() {
        try (TestRegistry registry = TestRegistry.builder().gcrListing(true).start()) {
            SampleImage image = SampleImages.oci(1);
            registry.put("ns/a", "1", image);
            registry.put("ns/a", "2", image);
            registry.put("ns/a/b/c/d", "3", image);
            registry.put("ns/z", image);
            registry.put("nsx/other", "4", image);

            Listing listing = list(registry.host(), "ns");

            assertThat(tags(listing)).containsExactly("ns/a:1", "ns/a:2", "ns/a/b/c/d:3");
            assertThat(listing.repositories().stream().flatMap(r -> r.tags().stream()))
                    .allSatisfy(tag -> assertThat(tag.digest()).contains(new Digest(image.digest())));
            assertThat(listing.repositories())
                    .extracting(r -> r.name().value())
                    .contains("ns/z")
                    .doesNotContain("nsx/other");
            assertThat(listing.failures()).isEmpty();
            assertThat(listing.invalid()).isEmpty();
        }
    }

    @Test
    void keepsOnlyNamesOfUnwantedRepositories() {
        for (boolean gcr : new boolean[] {true, false}) {
            try (TestRegistry registry = TestRegistry.builder().gcrListing(gcr).start()) {
                for (String name : List.of("ns/a", "ns/b", "ns/b/a", "ns/c")) {
                    registry.put(name, "1", SampleImages.oci(1));
                }

                Listing listing = engine.registry(registry.host())
                        .namespace(
                                new RepositoryName("ns"),
                                5,
                                name -> name.value().endsWith("a"))
                        .list();

                assertThat(tags(listing)).containsExactly("ns/a:1", "ns/b/a:1");
                assertThat(listing.others())
                        .contains(new RepositoryName("ns/b"), new RepositoryName("ns/c"))
                        .doesNotContain(new RepositoryName("ns/a"));
                // Only the list of its parent shows ns/b/a at registries like gcr.io.
                assertThat(registry.log().count("GET", "^/v2/ns/b/tags/list$")).isEqualTo(gcr ? 1 : 0);
                assertThat(registry.log().count("GET", "^/v2/ns/a/tags/list$")).isEqualTo(1);
            }
        }
    }

    @Test
    void readsAllPagesOfCatalog() {
        try (TestRegistry registry = TestRegistry.builder().pageSize(3).start()) {
            for (int i = 0; i < 10; i++) {
                registry.put("ns/r" + i, "t" + i, SampleImages.oci(1));
                registry.put("zz/r" + i, "t" + i, SampleImages.oci(1));
            }
            for (int i = 0; i < 8; i++) {
                registry.put("ns/r0", "x" + i, SampleImages.oci(1));
            }

            Listing listing = list(registry.host(), "ns");

            assertThat(listing.repositories()).hasSize(10);
            assertThat(tags(listing)).hasSize(18).contains("ns/r9:t9", "ns/r0:x7");
            assertThat(registry.log().count("GET", "^/v2/_catalog$")).isEqualTo(7);
            assertThat(registry.log().count("GET", "^/v2/ns/r0/tags/list$")).isEqualTo(3);
        }
    }

    @Test
    void failsForMissingNamespace() {
        try (TestRegistry registry = TestRegistry.start();
                TestRegistry closed = TestRegistry.builder().catalog(false).start()) {
            registry.put("other/a", "1", SampleImages.oci(1));
            assertThatThrownBy(() -> list(registry.host(), "ns"))
                    .isInstanceOf(ContentException.NotFound.class)
                    .hasMessageContaining("ns/");
            assertThatThrownBy(() -> list(closed.host(), "ns")).isInstanceOf(ContentException.class);
        }
    }

    @Test
    void neverReturnsEmptyListForError() {
        for (boolean gcr : new boolean[] {true, false}) {
            for (int status : new int[] {429, 500, 503, 403}) {
                try (TestRegistry registry =
                        TestRegistry.builder().gcrListing(gcr).start()) {
                    registry.put("ns/a", "1", SampleImages.oci(1));
                    registry.put("ns/b", "2", SampleImages.oci(1));
                    registry.fault(
                            Fault.on("GET", "^/v2/ns/a/tags").status(status).always());

                    Listing listing = list(registry.host(), "ns");

                    assertThat(tags(listing)).containsExactly("ns/b:2");
                    assertThat(listing.failures()).hasSize(1).first().satisfies(failure -> {
                        assertThat(failure.repository()).hasToString("ns/a");
                        assertThat(failure.reason().getMessage()).contains("HTTP " + status);
                    });

                    registry.fault(Fault.on("GET", "^/v2/(ns/tags|_catalog)")
                            .status(status)
                            .always());
                    assertThatThrownBy(() -> list(registry.host(), "ns"))
                            .isInstanceOf(ContentException.class)
                            .hasMessageContaining("HTTP " + status);
                }
            }
        }
    }

    @Test
    void retriesTruncatedPageAndRefusesInvalidPage() {
        try (TestRegistry registry = TestRegistry.builder().gcrListing(true).start()) {
            registry.put("ns/a", "1", SampleImages.oci(1));
            registry.fault(Fault.on("GET", "^/v2/ns/a/tags").cutAfter(20).times(2));
            registry.fault(Fault.on("GET", "^/v2/ns/tags").cutAfter(3));
            assertThat(tags(list(registry.host(), "ns"))).containsExactly("ns/a:1");

            for (String body : new String[] {
                "",
                "[]",
                "\"x\"",
                "{",
                "{}",
                "{\"tags\":[\"a\"",
                "<html>",
                "{\"tags\":[\"a\"],\"tags\":[\"b\"]}",
                "{\"errors\":[{\"code\":\"UNAUTHORIZED\"}]}",
                "{\"tags\":[\"a\"],\"errors\":[{\"code\":\"UNKNOWN\"}]}",
                "{\"tags\":{\"a\":1}}",
                "{\"tags\":[\"a\",7]}",
                "{\"tags\":[\"a\"],\"child\":[{\"name\":\"b\"}]}"
            }) {
                registry.clearFaults();
                registry.fault(
                        Fault.on("GET", "^/v2/ns/a/tags").status(200, body).always());
                assertThat(list(registry.host(), "ns").failures())
                        .as(body)
                        .singleElement()
                        .satisfies(
                                failure -> assertThat(failure.reason()).isInstanceOf(ContentException.Corrupt.class));
            }
        }
    }

    @Test
    void ignoresOtherFields() {
        try (ScriptedServer server = ScriptedServer.start(call -> call.reply(
                200,
                call.target().startsWith("/v2/ns/tags")
                        ? "{\"child\":[\"a\"],\"manifest\":[],\"tags\":null,\"errors\":[],\"x\":[[{}]]}"
                        : "{\"child\":null,\"manifest\":{\"sha256:xyz\":{\"tag\":[\"no\"]},\"" + "sha256:"
                                + "a".repeat(64)
                                + "\":{\"tag\":[\"yes\"],\"imageSizeBytes\":\"7\",\"x\":{\"tag\":[\"deep\"]}},\"sha256:"
                                + "b".repeat(64) + "\":7},\"tags\":[\"plain\"]}"))) {
            Listing listing = list(server.host(), "ns");
            assertThat(tags(listing)).containsExactly("ns/a:plain", "ns/a:yes");
            assertThat(listing.repositories().getLast().tags())
                    .extracting(Listing.ListedTag::digest)
                    .containsExactly(Optional.empty(), Optional.of(new Digest("sha256:" + "a".repeat(64))));
        }
    }

    @Test
    void reportsInvalidNamesWithoutReadingThem() {
        String names =
                "\"..\",\"a/../b\",\"UPPER\",\"\",\"a//b\",\"/a\",\"a?x=y\",\"a%2fb\",\"a\\u001b[31m\",\"good\",\""
                        + "x".repeat(300) + "\"";
        try (ScriptedServer server = ScriptedServer.start(call -> call.reply(
                200,
                call.target().startsWith("/v2/ns/tags")
                        ? "{\"child\":[" + names + "]}"
                        : "{\"child\":[],\"tags\":[\"ok\",\"-bad\",\"a b\",\"" + "t".repeat(129) + "\"]}"))) {
            Listing listing = list(server.host(), "ns");
            assertThat(tags(listing)).containsExactly("ns/good:ok");
            assertThat(listing.invalid())
                    .hasSize(13)
                    .allSatisfy(
                            name -> assertThat(name).doesNotContain("\u001b").hasSizeLessThan(300));
            assertThat(server.calls()).hasSize(2);
        }
    }

    @Test
    void stopsAtCyclesAndInventedNames() {
        String names =
                IntStream.range(0, 400).mapToObj(i -> "\"r" + i % 399 + "\"").collect(Collectors.joining(","));
        try (ScriptedServer circle =
                ScriptedServer.start(call -> call.reply(200, "{\"child\":[" + names + "],\"tags\":[]}"))) {
            // Each level would have 399 times the names of the previous one.
            assertThatThrownBy(() -> engine.registry(circle.host())
                            .namespace(new RepositoryName("ns"), 50)
                            .list())
                    .isInstanceOf(ContentException.Corrupt.class)
                    .hasMessageContaining("more than");
        }
    }

    @Test
    void refusesEndlessCatalog() {
        try (ScriptedServer server = ScriptedServer.start(call -> {
            if (!call.target().startsWith("/v2/_catalog")) {
                call.reply(404, "");
                return;
            }
            int page = call.target().contains("page=")
                    ? Integer.parseInt(call.target().replaceAll(".*page=", ""))
                    : 0;
            String names = IntStream.range(0, 20_000)
                    .mapToObj(i -> "\"ns/p" + page + "-" + i + "\"")
                    .collect(Collectors.joining(","));
            call.reply(200, "{\"repositories\":[" + names + "]}", "Link: <?page=" + (page + 1) + ">; rel=next");
        })) {
            assertThatThrownBy(() -> list(server.host(), "ns"))
                    .isInstanceOf(ContentException.Corrupt.class)
                    .hasMessageContaining("more than");
        }
    }

    @Test
    void refusesLinksToOtherHostsAndCycles() {
        for (String link : new String[] {
            "<http://localhost:1/v2/_catalog?n=2>; rel=next",
            "<//evil.example/v2/_catalog>; rel=next",
            "<mailto:a@b>; rel=next",
            "<http://exa mple/>; rel=next",
            "</v2/_catalog?n=1000>; rel=next",
            "<http://user:pass@evil.example/>; rel=next"
        }) {
            try (ScriptedServer server = ScriptedServer.start(call -> {
                if (call.target().startsWith("/v2/_catalog")) {
                    call.reply(200, "{\"repositories\":[\"ns/a\"]}", "Link: " + link);
                } else {
                    call.reply(404, "");
                }
            })) {
                assertThatThrownBy(() -> list(server.host(), "ns"))
                        .as(link)
                        .isInstanceOf(ContentException.Corrupt.class);
                assertThat(server.calls()).hasSize(2);
            }
        }
    }

    @Test
    void keepsSchemeAndPortOfRegistryForLinks() {
        for (String link : new String[] {"?last=b", "/v2/_catalog?last=b", "https://127.0.0.1/v2/_catalog?last=b"}) {
            try (ScriptedServer server = ScriptedServer.start(call -> {
                if (call.target().equals("/v2/_catalog?last=b")) {
                    call.reply(200, "{\"repositories\":[\"ns/b\"]}");
                } else if (call.target().startsWith("/v2/_catalog")) {
                    call.reply(200, "{\"repositories\":[\"ns/a\"]}", "Link: <" + link + ">; rel=\"next\"");
                } else if (call.target().startsWith("/v2/ns/tags")) {
                    call.reply(404, "");
                } else {
                    call.reply(200, "{\"tags\":[\"1\"]}");
                }
            })) {
                assertThat(tags(list(server.host(), "ns"))).as(link).containsExactly("ns/a:1", "ns/b:1");
            }
        }
    }

    @Test
    void reportsInternalErrorAsFailureOfItsRepository() {
        for (boolean gcrListing : new boolean[] {true, false}) {
            try (TestRegistry registry =
                            TestRegistry.builder().gcrListing(gcrListing).start();
                    ApacheTransport http = new ApacheTransport(new HttpSettings(
                            Duration.ofSeconds(20), Optional.empty(), TlsSettings.SYSTEM, 4, "test"))) {
                registry.put("ns/a", "1", SampleImages.oci(1));
                registry.put("ns/b", "1", SampleImages.oci(1));
                Transport mistaken = request -> {
                    if (request.uri().getPath().startsWith("/v2/ns/b/")) {
                        throw new IllegalStateException("hunter2");
                    }
                    return http.send(request);
                };

                Listing listing = new RemoteRegistry(registry.host(), true, Registries.access(mistaken))
                        .namespace(new RepositoryName("ns"), 5)
                        .list();

                assertThat(tags(listing)).containsExactly("ns/a:1");
                assertThat(listing.failures()).singleElement().satisfies(failure -> {
                    assertThat(failure.repository().value()).isEqualTo("ns/b");
                    assertThat(failure.reason())
                            .isInstanceOf(ContentException.Unexpected.class)
                            .hasMessageStartingWith("internal error: IllegalStateException at NamespaceListingTest");
                });
            }
        }
    }
}
