package io.github.gcrsync.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing;
import io.github.gcrsync.content.TestImages;
import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.http.ScriptedServer;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads lists completely, however the registry links its pages, or fails. */
@Timeout(60)
final class IncompleteListsTest {
    private static final SampleImage IMAGE = SampleImages.oci(1);

    private final Engine engine = Registries.engine().build();

    @AfterEach
    void stop() {
        engine.close();
    }

    private Listing list(String host) {
        return engine.registry(host).namespace(new RepositoryName("ns"), 5).list();
    }

    private List<String> tags(String host) {
        return engine.registry(host)
                .repository(new RepositoryName("ns/a"))
                .tags()
                .toList();
    }

    private static List<String> tagsOf(Listing listing) {
        return listing.repositories().stream()
                .flatMap(r -> r.tags().stream().map(Listing.ListedTag::tag))
                .toList();
    }

    /** Answers by target; the text after the last space becomes the Link header. Other targets are not found. */
    private static ScriptedServer answering(Map<String, String> answers) {
        return ScriptedServer.start(call -> {
            String answer = answers.getOrDefault(call.target(), "");
            int space = answer.indexOf(' ');
            if (answer.isEmpty()) {
                call.reply(404, "{}");
            } else if (space < 0) {
                call.reply(200, answer);
            } else {
                call.reply(200, answer.substring(0, space), "Link:" + answer.substring(space));
            }
        });
    }

    private static String names(String member, String... names) {
        return "{\"" + member + "\":["
                + String.join(
                        ",", List.of(names).stream().map(n -> "\"" + n + "\"").toList()) + "]}";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v2/PATH?last=1; rel=next",
                "http://127.0.0.1/v2/PATH?last=1; rel=\"next\"",
                "</v2/PATH?last=1>; rel='next'",
                "</v2/PATH?last=1>",
                "<?last=1>; rel=next",
                "?last=1; rel=next",
                "<LEAF?last=1>; rel=next",
                "<./LEAF?last=1>; rel=\"next\"; title=\"more\""
            })
    void followsLinksOfAnyForm(String link) {
        String tags = link.replace("PATH", "ns/a/tags/list").replace("LEAF", "list");
        String catalog = link.replace("PATH", "_catalog").replace("LEAF", "_catalog");
        try (ScriptedServer server = answering(Map.of(
                "/v2/_catalog?n=1000", names("repositories", "ns/a") + " " + catalog,
                "/v2/_catalog?last=1", names("repositories", "ns/b"),
                "/v2/ns/a/tags/list?n=1000", names("tags", "1") + " " + tags,
                "/v2/ns/a/tags/list?last=1", names("tags", "2"),
                "/v2/ns/b/tags/list?n=1000", names("tags", "3")))) {
            assertThat(tagsOf(list(server.host()))).containsExactly("1", "2", "3");
            assertThat(tags(server.host())).containsExactly("1", "2");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"</v2/x; rel=next", "next: /v2/x", "</v2/gone>; rel=next", "</v2/gone>"})
    void failsIfRestOfListCannotBeFound(String link) {
        try (ScriptedServer server = answering(Map.of(
                "/v2/_catalog?n=1000", names("repositories", "ns/a", "ns/b"),
                "/v2/ns/a/tags/list?n=1000", names("tags", "1") + " " + link,
                "/v2/ns/b/tags/list?n=1000", names("tags", "2")))) {
            Listing listing = list(server.host());

            assertThat(tagsOf(listing)).containsExactly("2");
            assertThat(listing.failures()).singleElement().satisfies(failure -> {
                assertThat(failure.repository()).hasToString("ns/a");
                assertThat(failure.reason()).isInstanceOf(ContentException.Corrupt.class);
            });
            assertThatThrownBy(() -> tags(server.host())).isInstanceOf(ContentException.Corrupt.class);
        }
    }

    @Test
    void failsIfSecondPageOfCatalogIsMissing() {
        try (ScriptedServer server = answering(Map.of(
                "/v2/_catalog?n=1000",
                names("repositories", "ns/a") + " </v2/gone>; rel=next",
                "/v2/ns/a/tags/list?n=1000",
                names("tags", "1")))) {
            assertThatThrownBy(() -> list(server.host()))
                    .isInstanceOf(ContentException.Corrupt.class)
                    .hasMessageContaining("page 2 of the list is missing: HTTP 404");
        }
    }

    @Test
    void failsIfSecondPageOfReferrersIsMissing() {
        Digest subject = TestImages.blob(new byte[] {1}).digest();
        try (ScriptedServer server = ScriptedServer.start(call -> {
            if (call.target().equals("/v2/ns/a/referrers/" + subject)) {
                call.reply(
                        200, "{\"manifests\":[]}", "Content-Type: " + MediaType.OCI_INDEX, "Link: /v2/gone; rel=next");
            } else {
                call.reply(404, "{}");
            }
        })) {
            assertThatThrownBy(() -> engine.registry(server.host())
                            .repository(new RepositoryName("ns/a"))
                            .referrers(subject))
                    .isInstanceOf(ContentException.Corrupt.class)
                    .hasMessageContaining("page 2");
        }
    }

    /** cloudflare/serverless-registry, src/router.ts. */
    @Test
    void endsListAtLinkToBeginning() {
        try (ScriptedServer server = answering(Map.of(
                "/v2/_catalog?n=1000",
                        names("repositories", "ns/a") + " http://127.0.0.1/v2/_catalog?n=1000&last=; rel=next",
                "/v2/ns/a/tags/list?n=1000",
                        names("tags", "1") + " http://127.0.0.1/v2/ns/a/tags/list?n=1000&last=1; rel=next",
                "/v2/ns/a/tags/list?n=1000&last=1",
                        names("tags") + " http://127.0.0.1/v2/ns/a/tags/list?n=1000&last=; rel=next"))) {
            assertThat(tagsOf(list(server.host()))).containsExactly("1");
            assertThat(tags(server.host())).containsExactly("1");
        }
    }

    @Test
    void readsTruncatedListsWithoutLink() {
        try (TestRegistry registry = TestRegistry.builder().links(false).start()) {
            for (int i = 0; i < 1100; i++) {
                registry.put("ns/a", "t" + i, IMAGE);
            }
            registry.put("ns/b", "1", IMAGE);

            assertThat(tagsOf(list(registry.host()))).hasSize(1101);
            assertThat(registry.log().count("GET", "^/v2/ns/a/tags/list")).isEqualTo(2);
            assertThat(registry.log().count("GET", "^/v2/(_catalog|ns/b/tags/list)"))
                    .isEqualTo(2);
            assertThat(tags(registry.host())).hasSize(1100);
        }
    }

    /** go-containerregistry's registry starts over after the last name, like any that ignores "last". */
    @Test
    void endsListIfRegistryStartsOver() {
        String all =
                names("tags", IntStream.range(0, 2000).mapToObj(i -> "t" + i).toArray(String[]::new));
        try (ScriptedServer server =
                answering(Map.of("/v2/ns/a/tags/list?n=1000", all, "/v2/ns/a/tags/list?n=1000&last=t1999", all))) {
            assertThat(tags(server.host())).hasSize(2000).doesNotHaveDuplicates();
        }
    }

    @Test
    void failsOnOverlappingPages() {
        String first = page(0);
        try (ScriptedServer server =
                answering(Map.of("/v2/ns/a/tags/list?n=1000", first, "/v2/ns/a/tags/list?n=1000&last=t999", page(1)))) {
            assertThatThrownBy(() -> tags(server.host()))
                    .isInstanceOf(ContentException.Corrupt.class)
                    .hasMessageContaining("may be incomplete");
        }
    }

    private static String page(int from) {
        return IntStream.range(from, from + 1000)
                .mapToObj(i -> "\"t" + i + "\"")
                .collect(Collectors.joining(",", "{\"tags\":[", "]}"));
    }

    @Test
    void dropsDigestOfTagUnderTwoDigests() {
        String one = "sha256:" + "a".repeat(64);
        String other = "sha256:" + "b".repeat(64);
        try (ScriptedServer server = answering(Map.of(
                "/v2/ns/tags/list?n=10000",
                names("child", "a"),
                "/v2/ns/a/tags/list?n=10000",
                "{\"child\":[],\"tags\":[\"1\",\"2\"],\"manifest\":{\"" + one + "\":{\"tag\":[\"1\",\"2\"]},\"" + other
                        + "\":{\"tag\":[\"1\"]}}}"))) {
            assertThat(list(server.host()).repositories().getLast().tags())
                    .containsExactly(
                            new Listing.ListedTag("1", java.util.Optional.empty()),
                            new Listing.ListedTag("2", java.util.Optional.of(new Digest(one))));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 405, 500, 503})
    void readsCatalogIfFirstProbeFails(int status) {
        try (TestRegistry registry = TestRegistry.start()) {
            registry.put("ns/a", "1", IMAGE);
            registry.fault(Fault.on("GET", "^/v2/ns/tags/list").status(status).always());

            assertThat(tagsOf(list(registry.host()))).containsExactly("1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>log in</html>", "{\"errors\":[{\"code\":\"DENIED\"}]}", "", "{}"})
    void readsCatalogIfFirstProbeIsNoList(String page) {
        try (TestRegistry registry = TestRegistry.start()) {
            registry.put("ns/a", "1", IMAGE);
            registry.fault(
                    Fault.on("GET", "^/v2/ns/tags/list").status(200, page).always());

            assertThat(tagsOf(list(registry.host()))).containsExactly("1");
        }
    }

    @Test
    void readsChildrenFromUsualPageIfLargePageFails() {
        try (TestRegistry registry = TestRegistry.builder().gcrListing(true).start()) {
            registry.put("ns", "1", IMAGE);
            registry.put("ns/a", "2", IMAGE);
            registry.fault(Fault.on("GET", "^/v2/ns/tags/list$").status(400));
            registry.fault(Fault.on("GET", "^/v2/_catalog$").status(401).always());

            assertThat(tagsOf(list(registry.host()))).containsExactly("1", "2");
        }
    }

    @Test
    void doesNotReadCatalogOfUnreachableRegistry() {
        try (ScriptedServer server = ScriptedServer.start(ScriptedServer.Call::hangUp)) {
            assertThatThrownBy(() -> list(server.host())).isInstanceOf(ContentException.Unreachable.class);
            assertThat(server.calls())
                    .allSatisfy(call -> assertThat(call.target()).startsWith("/v2/ns/tags"));
        }
    }
}
