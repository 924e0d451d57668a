package io.github.gcrsync.registry;

import static io.github.gcrsync.registry.HostedRegistry.A;
import static io.github.gcrsync.registry.HostedRegistry.B;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.content.Listing;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.content.TagDetails;
import io.github.gcrsync.http.FakeTransport;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.tasks.Tasks;
import io.github.gcrsync.testkit.Exchange;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.RegistryOptions;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.User;
import io.github.gcrsync.testkit.WebApi;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which requests registries receive for digests and dates of tags, and with which credentials. */
@Timeout(60)
final class WebApiAccessTest {
    private static HostedRegistry registry(WebApi kind, Consumer<RegistryOptions> options) {
        return HostedRegistry.of(kind, options, Duration.ofSeconds(20));
    }

    private static Stream<Exchange> exchanges(HostedRegistry registry) {
        return registry.server.log().exchanges().stream();
    }

    @Test
    void sendsPasswordToHarborsApi() {
        try (HostedRegistry harbor = registry(WebApi.HARBOR, options -> options.anonymousPull(false))) {
            List<String> tags = harbor.push(A, 5);
            harbor.store.list(List.of(A));

            assertThat(harbor.store.details(A, tags, false).way()).isEqualTo(TagDetails.Way.HARBOR);

            assertThat(exchanges(harbor)
                            .filter(exchange -> exchange.path().startsWith("/api/"))
                            .map(exchange -> exchange.header("Authorization")))
                    .containsExactly("Basic");
        }
    }

    @Test
    void encodesSlashInHarborsRepositoryTwice() {
        RepositoryName nested = new RepositoryName("ns/a/b/c");
        try (HostedRegistry harbor = HostedRegistry.of(WebApi.HARBOR)) {
            List<String> tags = harbor.push(nested, 5);
            harbor.store.list(List.of(nested));

            assertThat(harbor.store.details(nested, tags, false).way()).isEqualTo(TagDetails.Way.HARBOR);

            assertThat(harbor.server.log().count("GET", "/repositories/a%252Fb%252Fc/artifacts$"))
                    .isEqualTo(1);
        }
    }

    /** The user may pull, but the API refuses it. */
    @Test
    void keepsUsingRegistryWhoseApiRefusesUser() {
        try (HostedRegistry harbor = registry(WebApi.HARBOR, options -> options.anonymousPull(false))) {
            List<String> tags = harbor.push(A, 5);
            harbor.store.list(List.of(A));
            harbor.server.fault(Fault.on("GET", "^/api/").status(401).always());

            TagDetails details = harbor.store.details(A, tags, true);

            assertThat(HostedRegistry.digests(details)).isEqualTo(harbor.digests(A, tags));
            assertThat(harbor.api()).isEqualTo(1);
            assertThat(harbor.warnings()).singleElement().asString().contains("HTTP 401");
        }
    }

    @Test
    void sendsNoCredentialsToApisOfPublicRepositories() {
        for (WebApi kind : new WebApi[] {WebApi.DOCKER_HUB, WebApi.QUAY}) {
            try (HostedRegistry registry = HostedRegistry.of(kind)) {
                registry.push(A, 5);

                assertThat(registry.store.details(A).way()).isEqualTo(registry.way);

                assertThat(exchanges(registry))
                        .singleElement()
                        .satisfies(exchange ->
                                assertThat(exchange.header("Authorization")).isEmpty());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "docker.io, library/nginx, https://hub.docker.com/v2/namespaces/library/repositories/nginx/tags?page_size=100&page=1",
        "quay.io, org/a.b, https://quay.io/api/v1/repository/org/a.b/tag/?limit=100&page=1&onlyActiveTags=true"
    })
    void knowsAddressesOfPublicApis(String host, String repository, String address) {
        FakeTransport internet =
                new FakeTransport(_ -> FakeTransport.answer(200, "{\"results\":[],\"tags\":[],\"next\":null}"));
        RemoteRegistry registry = new RemoteRegistry(host, false, Registries.access(internet));

        assertThat(new DetailLists(registry).all(new RepositoryName(repository)).tags())
                .isEmpty();

        assertThat(internet.requests())
                .singleElement()
                .satisfies(request -> assertThat(request.uri()).hasToString(address));
    }

    @Test
    void probesNoOtherRegistry() {
        try (HostedRegistry plain = HostedRegistry.of(WebApi.NONE);
                HostedRegistry withToken = registry(
                        WebApi.NONE,
                        options -> options.bearerAuth(Duration.ofMinutes(5), new User("robot$a", "secret")))) {
            for (HostedRegistry registry : List.of(plain, withToken)) {
                List<String> tags = registry.push(A, 5);
                registry.store.list(List.of(A));

                TagDetails details = registry.store.details(A, tags, true);
                registry.store.details(A);

                assertThat(HostedRegistry.digests(details)).isEqualTo(registry.digests(A, tags));
                assertThat(details.pushed("t1")).isEmpty();
                assertThat(exchanges(registry).map(Exchange::path))
                        .allMatch(path -> path.matches("/token|/v2/ns/a/(tags/list|manifests/t\\d)"));
                assertThat(registry.heads()).isEqualTo(5);
            }
        }
    }

    @Test
    void readsDigestsOfGcrFromItsTagList() {
        try (HostedRegistry gcr = registry(WebApi.NONE, options -> options.gcrListing(true))) {
            List<String> tags = gcr.push(A, 5);
            gcr.push(B, 5);

            TagDetails all = gcr.store.details(A);
            TagDetails some = gcr.store.details(B, List.of("t1", "t2", "new"), true);

            assertThat(HostedRegistry.digests(all)).isEqualTo(gcr.digests(A, tags));
            assertThat(all.way()).isEqualTo(TagDetails.Way.TAG_LIST);
            assertThat(some.pushed("t2")).isPresent();
            assertThat(some.tags()).containsOnlyKeys("t1", "t2");
            assertThat(gcr.server.log().exchanges()).extracting(Exchange::query).containsExactly("n=1000", "n=10000");
        }
    }

    @Test
    void readsSecondPageOfEcrByToken() {
        try (HostedRegistry ecr = HostedRegistry.of(WebApi.ECR)) {
            List<String> tags = ecr.push(A, 1001);
            ecr.server.put(A.value(), SampleImages.oci(1));

            assertThat(HostedRegistry.digests(ecr.store.details(A))).isEqualTo(ecr.digests(A, tags));

            assertThat(ecr.server.log().count("POST", "^/$")).isEqualTo(2);
            assertThat(ecr.server.log().count()).isEqualTo(2);
        }
    }

    /** The requests of repositories that are read at the same time wait for the first answer. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void asksApiForOneRepositoryFirst(boolean works) {
        try (HostedRegistry hub = HostedRegistry.of(WebApi.DOCKER_HUB)) {
            List<RepositoryName> repositories = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                repositories.add(new RepositoryName("ns/r" + i));
                hub.push(repositories.getLast(), 3);
            }
            CountDownLatch open = new CountDownLatch(1);
            hub.server.fault(
                    works
                            ? Fault.on("GET", hub.apiPath()).delayUntil(open)
                            : Fault.on("GET", hub.apiPath()).status(503).always());
            hub.store.list(repositories);
            Store store = hub.store;
            List<Runnable> work = new ArrayList<>();
            repositories.forEach(name -> work.add(() -> assertThat(
                            HostedRegistry.digests(store.details(name, List.of("t0", "t1", "t2"), false)))
                    .hasSize(3)));
            work.add(open::countDown);

            Tasks.forEach(work, 7, Runnable::run);

            assertThat(hub.api()).isEqualTo(works ? 6 : 1);
            assertThat(hub.heads()).isEqualTo(works ? 0 : 18);
            assertThat(hub.warnings()).hasSize(works ? 0 : 1);
        }
    }

    /** A list of names, a list of tags per repository, and a page per 100 tags; then nothing per tag. */
    @Test
    void readsNamespaceOfDockerHubInFewRequests() {
        try (HostedRegistry hub = registry(WebApi.DOCKER_HUB, options -> options.catalog(false))) {
            for (int i = 0; i < 5; i++) {
                hub.push(new RepositoryName("ns/r" + i), 130);
            }

            Listing listing = hub.store.list();
            listing.repositories()
                    .forEach(repository -> assertThat(HostedRegistry.digests(hub.store.details(
                                    repository.name(),
                                    repository.tags().stream()
                                            .map(Listing.ListedTag::tag)
                                            .toList(),
                                    true)))
                            .hasSize(130));

            assertThat(hub.server.log().count("GET", "^/v2/namespaces/ns/repositories$"))
                    .isEqualTo(1);
            assertThat(hub.server.log().count("GET", "^/v2/namespaces/ns/repositories/r\\d/tags$"))
                    .isEqualTo(10);
            // The namespace itself could be a repository.
            assertThat(hub.server.log().count()).isEqualTo(1 + 1 + 5 + 10);
        }
    }

    @Test
    void stopsAtListWithoutEnd() {
        try (HostedRegistry hub = HostedRegistry.of(WebApi.DOCKER_HUB)) {
            List<String> tags = hub.push(A, 250);
            hub.store.list(List.of(A));
            hub.server.fault(Fault.on("GET", hub.apiPath())
                    .status(200, "{\"count\":9,\"next\":\"x\",\"results\":[{\"name\":\"other\"}]}")
                    .always());

            assertThat(HostedRegistry.digests(hub.store.details(A, tags, true))).isEqualTo(hub.digests(A, tags));

            assertThat(hub.api()).isEqualTo(2);
            assertThat(hub.warnings()).singleElement().asString().contains("no end");
        }
    }
}
