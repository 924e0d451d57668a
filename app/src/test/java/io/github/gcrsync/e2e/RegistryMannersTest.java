package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.commands.Workplace;
import io.github.gcrsync.testkit.DockerRegistry;
import io.github.gcrsync.testkit.RegistryOptions;
import io.github.gcrsync.testkit.SampleNamespace;
import io.github.gcrsync.testkit.TestRegistry;
import io.github.gcrsync.testkit.User;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Registries with different behavior on both sides, and networks with a proxy. */
final class RegistryMannersTest {
    private static final User USER = new User("writer", "secret");

    @TempDir
    private Path folder;

    private Workplace workplace;

    @BeforeEach
    void prepare() {
        workplace = new Workplace(folder);
    }

    @Test
    void fetchesBlobsFromStorageHostWithoutCredentials() {
        try (TestRegistry source = TestRegistry.builder()
                        .gcrListing(true)
                        .redirectBlobs(true)
                        .bearerAuth(Duration.ofMinutes(5), USER)
                        .anonymousPull(false)
                        .start();
                TestRegistry destination = TestRegistry.start()) {
            SampleNamespace.fill(source, "ns", 3, 2, 1);
            workplace.dockerConfig(
                    "{\"auths\":{\"%s\":{\"username\":\"writer\",\"password\":\"secret\"}}}".formatted(source.host()));

            assertMirrored(source, destination);

            assertThat(source.storageLog().exchanges())
                    .isNotEmpty()
                    .allMatch(exchange -> exchange.header("Authorization").isEmpty());
            assertThat(source.log().exchanges().stream()
                            .filter(exchange -> exchange.path().contains("/blobs/")))
                    .anyMatch(exchange -> exchange.header("Authorization").equals("Bearer"));
        }
    }

    @Test
    void fetchesAnonymousTokensOfPublicRegistry() {
        try (TestRegistry source = TestRegistry.builder()
                        .gcrListing(true)
                        .bearerAuth(Duration.ofMinutes(5), USER)
                        .start();
                TestRegistry destination = TestRegistry.start()) {
            SampleNamespace.fill(source, "ns", 3, 2, 1);

            assertMirrored(source, destination);
        }
    }

    static Stream<RegistryOptions> destinations() {
        return Stream.of(
                TestRegistry.builder().relativeLocations(true),
                TestRegistry.builder().locationWithQuery(true),
                TestRegistry.builder().mounts(false),
                TestRegistry.builder().mountNeedsManifest(true),
                TestRegistry.builder().patchAllowed(false),
                TestRegistry.builder().redirectBlobs(true),
                TestRegistry.builder().pageSize(1));
    }

    @ParameterizedTest
    @MethodSource("destinations")
    void pushesToEveryKindOfRegistry(RegistryOptions options) {
        try (TestRegistry source = TestRegistry.builder().gcrListing(true).start();
                TestRegistry destination = options.start()) {
            SampleNamespace.fill(source, "ns", 3, 3, 1);

            assertMirrored(source, destination);
            assertThat(destination.uploadsInFlight()).isZero();
        }
    }

    @Test
    void readsNoBlobWithinOneRegistry() {
        try (TestRegistry registry = TestRegistry.builder().gcrListing(true).start()) {
            SampleNamespace.fill(registry, "ns", 3, 2, 1);

            assertMirrored(registry, registry);

            assertThat(registry.log().count("GET", "/blobs/")).isZero();
            assertThat(registry.log().count("PUT", "/blobs/")).isZero();
        }
    }

    @Test
    void readsNoBlobWithinOneRealRegistry() {
        try (DockerRegistry registry = DockerRegistry.start(folder.resolve("registry"))) {
            SampleNamespace.fill(registry::put, "ns", 2, 2, 1);

            InProcess.Result result = workplace.sync(registry.host(), registry.host() + "/mirror");

            assertThat(result.exitCode()).as("%s\n%s", result, registry.logs()).isZero();
            String image = workplace.metadata().images().getFirst();
            assertThat(OtherTools.digest("docker://" + registry.host() + "/mirror/" + image))
                    .isEqualTo(OtherTools.digest("docker://" + registry.host() + "/ns/" + image));
            assertThat(registry.requests("GET /v2/.*/blobs/sha256:\\S+ "))
                    .as(registry.logs())
                    .isLessThanOrEqualTo(2);
        }
    }

    @Test
    void reachesRemoteHostByProxyAndPlainHttpOnlyOnRequest() throws Exception {
        try (TestRegistry source = TestRegistry.builder().gcrListing(true).start()) {
            SampleNamespace.fill(source, "ns", 2, 2, 1);
            Queue<String> asked = new ConcurrentLinkedQueue<>();
            HttpServer proxy = proxyTo(source.host(), asked);
            String mirror = "oci:" + folder.resolve("mirror");
            String address = "--proxy=http://127.0.0.1:" + proxy.getAddress().getPort();
            try {
                InProcess.Result refused = workplace.sync("registry.example", mirror, address, "--httptimeout=1s");
                assertThat(refused.exitCode()).as("%s", refused).isEqualTo(3);
                assertThat(asked).as("nothing but tunnels").allMatch(line -> line.startsWith("CONNECT "));
                asked.clear();

                InProcess.Result result =
                        workplace.sync("registry.example", mirror, address, "--plain-http=registry.example");

                assertThat(result.exitCode()).as("%s", result).isZero();
                assertThat(workplace.metadata().images()).hasSize(4);
                assertThat(asked).isNotEmpty().allMatch(line -> line.startsWith("GET http://registry.example/v2/ns"));
            } finally {
                proxy.stop(0);
            }
        }
    }

    /** A proxy for plain GETs that sends every host to this one. */
    private static HttpServer proxyTo(String host, Queue<String> asked) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0);
        HttpServer proxy = HttpServer.create(address, 0);
        proxy.setExecutor(Thread::startVirtualThread);
        proxy.createContext("/", exchange -> {
            URI uri = exchange.getRequestURI();
            asked.add(exchange.getRequestMethod() + " " + uri);
            if (!exchange.getRequestMethod().equals("GET")) {
                exchange.sendResponseHeaders(405, -1);
                exchange.close();
                return;
            }
            String target = uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
            HttpURLConnection behind = (HttpURLConnection)
                    URI.create("http://" + host + target).toURL().openConnection();
            behind.setRequestProperty(
                    "Accept", String.join(", ", exchange.getRequestHeaders().getOrDefault("Accept", List.of("*/*"))));
            byte[] body = behind.getInputStream().readAllBytes();
            exchange.getResponseHeaders().set("Content-Type", behind.getContentType());
            exchange.sendResponseHeaders(behind.getResponseCode(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        proxy.start();
        return proxy;
    }

    private void assertMirrored(TestRegistry source, TestRegistry destination) {
        InProcess.Result result = workplace.sync(source.host(), destination.host() + "/mirror");

        assertThat(result.exitCode()).as("%s\n%s", result, destination.log()).isZero();
        assertThat(workplace.metadata().digests()).isNotEmpty().allSatisfy((image, digest) -> {
            String[] parts = image.split(":");
            assertThat(source.manifestDigest("ns/" + parts[0], parts[1])).isEqualTo(digest);
            assertThat(destination.manifestDigest("mirror/" + parts[0], parts[1]))
                    .isEqualTo(digest);
        });
    }
}
