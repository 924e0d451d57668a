package io.github.gcrsync.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.ImageSource;
import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.engine.EngineBuilder;
import io.github.gcrsync.http.Addresses;
import io.github.gcrsync.http.FakeTransport;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.http.Response;
import io.github.gcrsync.http.RetryPolicy;
import io.github.gcrsync.http.ScriptedServer;
import io.github.gcrsync.http.Transport;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.tasks.Tasks;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.RegistryOptions;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import io.github.gcrsync.testkit.User;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs whole engines against registries that require authentication. */
@Timeout(60)
final class AuthenticatingTransportTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final User USER = new User("me", "secret");
    private static final SampleImage IMAGE = SampleImages.oci(1);

    private static EngineBuilder engine() {
        return Engine.builder()
                .timeout(Duration.ofSeconds(20))
                .retries(new RetryPolicy(3, Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofSeconds(30)));
    }

    private static Engine engine(TestRegistry registry, Credential credential) {
        return engine().credentials(Credentials.of(registry.host(), credential)).build();
    }

    private static TestRegistry registry(RegistryOptions options) {
        TestRegistry registry = options.start();
        registry.put("a", "1", IMAGE);
        return registry;
    }

    private static ImageSource a(Engine engine, String host) {
        return engine.registry(host).repository(new RepositoryName("a"));
    }

    private static void assertReads(Engine engine, TestRegistry registry) {
        assertThat(a(engine, registry.host()).manifest("1").descriptor().digest())
                .hasToString(IMAGE.digest());
    }

    /** A redirect from a registry without TLS could lead to HTTP on the same host, in plain text. */
    @Test
    void sendsCredentialsWithoutTlsOnlyWhereAllowed() throws Exception {
        FakeTransport network = new FakeTransport(
                request -> request.headers().first("Authorization").isPresent()
                        ? FakeTransport.answer(200, "")
                        : FakeTransport.answer(401, "", "WWW-Authenticate", "Basic realm=r"));
        Credentials known = Credentials.of("registry.example.com", Credential.password("me", "secret"));
        try (Transport transport =
                new AuthenticatingTransport(network, network, known, InstantSource.system(), host -> false)) {
            transport
                    .send(Request.get(URI.create("https://registry.example.com/v2/")))
                    .close();
            assertThat(network.requests()).hasSize(2);
            assertThat(network.requests().getLast().headers().first("Authorization"))
                    .isPresent();

            transport
                    .send(Request.get(URI.create("http://registry.example.com/v2/")))
                    .close();

            assertThat(network.requests()).hasSize(3);
            assertThat(network.requests().getLast().headers().first("Authorization"))
                    .isEmpty();
        }
    }

    @Test
    void retriesForbiddenRequestWithScopeOfChallenge() throws Exception {
        String realm = "Bearer realm=\"https://registry.example.com/token\",service=\"s\"";
        FakeTransport network = new FakeTransport(request -> {
            if (request.uri().getPath().equals("/token")) {
                String scope = request.uri().getQuery().contains("repository:b:pull") ? "both" : "one";
                return FakeTransport.answer(200, "{\"token\":\"" + scope + "\",\"expires_in\":300}");
            }
            String authorization = request.headers().first("Authorization").orElse("");
            return switch (authorization) {
                case "" -> FakeTransport.answer(401, "", "WWW-Authenticate", realm);
                case "Bearer both" -> FakeTransport.answer(200, "");
                default ->
                    FakeTransport.answer(
                            403,
                            "",
                            "WWW-Authenticate",
                            realm + ",error=\"insufficient_scope\",scope=\"repository:a:pull repository:b:pull\"");
            };
        });
        try (Transport transport = new AuthenticatingTransport(
                network, network, Credentials.NONE, InstantSource.system(), Addresses::isLoopback)) {
            Request request = Request.get(URI.create("https://registry.example.com/v2/a/manifests/1"))
                    .withScopes(List.of("repository:a:pull"));
            try (Response response = transport.send(request)) {
                assertThat(response.status()).isEqualTo(200);
            }
        }
    }

    @Test
    void requestsAnonymousTokenOnce() {
        try (TestRegistry registry = registry(TestRegistry.builder().bearerAuth(HOUR));
                Engine engine = engine().build()) {
            for (int i = 0; i < 5; i++) {
                assertReads(engine, registry);
            }
            assertThat(registry.log().count("GET", "^/token$")).isEqualTo(1);
            assertThat(registry.log().count())
                    .as("one refusal, one token, five answers")
                    .isEqualTo(7);
            assertThat(registry.log().exchanges().getFirst().header("authorization"))
                    .as("no credentials before a challenge")
                    .isEmpty();
        }
    }

    @Test
    void authenticatesWithBasic() {
        try (TestRegistry registry = registry(TestRegistry.builder().basicAuth("me", "secret"));
                Engine engine = engine(registry, Credential.password("me", "secret"))) {
            assertReads(engine, registry);
            assertReads(engine, registry);
            assertThat(registry.log().count()).as("one refusal, two answers").isEqualTo(3);
        }
    }

    @Test
    void reportsWrongCredentialsOfBasic() {
        try (TestRegistry registry = registry(TestRegistry.builder().basicAuth("me", "secret"));
                Engine wrong = engine(registry, Credential.password("me", "wrong-one"));
                Engine none = engine().build()) {
            assertThatThrownBy(() -> assertReads(wrong, registry))
                    .isInstanceOfSatisfying(ContentException.Denied.class, e -> {
                        assertThat(e.areCredentialsRefused()).isTrue();
                        assertThat(e.refusedUser()).contains("me");
                        assertThat(e.getMessage())
                                .contains("HTTP 401 from " + registry.host() + " as user me")
                                .doesNotContain("wrong-one");
                    });
            assertThatThrownBy(() -> assertReads(none, registry))
                    .isInstanceOfSatisfying(ContentException.Denied.class, e -> {
                        assertThat(e.areCredentialsRefused()).isTrue();
                        assertThat(e.refusedUser()).isEmpty();
                        assertThat(e.getMessage()).contains("401", "UNAUTHORIZED", registry.host());
                    });
        }
    }

    @Test
    void requestsTokenWithPassword() {
        try (TestRegistry registry =
                        registry(TestRegistry.builder().bearerAuth(HOUR, USER).anonymousPull(false));
                Engine engine = engine(registry, Credential.password("me", "secret"));
                Engine wrong = engine(registry, Credential.password("me", "wrong-one"))) {
            assertReads(engine, registry);
            assertThatThrownBy(() -> assertReads(wrong, registry))
                    .isInstanceOfSatisfying(ContentException.Denied.class, e -> {
                        assertThat(e.areCredentialsRefused()).isTrue();
                        assertThat(e.getMessage())
                                .contains("401 from the token service", "as user me")
                                .doesNotContain("wrong-one");
                    });
        }
    }

    @Test
    void exchangesIdentityTokenByPost() {
        try (ScriptedServer server = ScriptedServer.start(call -> {
                    if (call.target().equals("/token")) {
                        String form = URLDecoder.decode(
                                new String(call.body(), StandardCharsets.UTF_8), StandardCharsets.UTF_8);
                        boolean good = call.method().equals("POST")
                                && call.header("content-type").equals("application/x-www-form-urlencoded")
                                && call.header("authorization").isEmpty()
                                && form.contains("grant_type=refresh_token")
                                && form.contains("refresh_token=re+fresh&")
                                && form.contains("client_id=gcrsync")
                                && form.contains("service=s")
                                && form.contains("scope=repository:a:pull");
                        call.reply(good ? 200 : 400, "{\"access_token\":\"good\",\"expires_in\":300}");
                    } else if (call.header("authorization").equals("Bearer good")) {
                        call.reply(
                                200,
                                new String(IMAGE.bytes(), StandardCharsets.UTF_8),
                                "Content-Type: " + IMAGE.mediaType());
                    } else {
                        call.reply(
                                401,
                                "",
                                "WWW-Authenticate: Bearer service=s,realm=\"http://" + call.header("host")
                                        + "/token\"");
                    }
                });
                Engine engine = engine().credentials(
                                Credentials.of(server.host(), new Credential("<token>", "re+fresh", true)))
                        .build()) {
            assertThat(a(engine, server.host()).manifest("1").descriptor().digest())
                    .hasToString(IMAGE.digest());
        }
    }

    @Test
    void sharesOneTokenEvenWithFewConnections() {
        try (TestRegistry registry = registry(TestRegistry.builder().bearerAuth(HOUR));
                Engine engine = engine().connectionsPerHost(2).build()) {
            Tasks.forEach(Collections.nCopies(60, "1"), 60, tag -> assertReads(engine, registry));
            assertThat(registry.log().count("GET", "^/token$")).isEqualTo(1);
        }
    }

    @Test
    void renewsExpiredTokenOnce() {
        try (TestRegistry registry = registry(TestRegistry.builder().bearerAuth(HOUR));
                Engine engine = engine().build()) {
            assertReads(engine, registry);
            registry.expireTokens();
            Tasks.forEach(Collections.nCopies(60, "1"), 60, tag -> assertReads(engine, registry));
            assertThat(registry.log().count("GET", "^/token$")).isEqualTo(2);
        }
    }

    @Test
    void reportsUnreachableTokenServiceOnceForAllWaiting() {
        try (TestRegistry registry = registry(TestRegistry.builder().bearerAuth(HOUR));
                Engine engine = engine().build()) {
            registry.fault(Fault.on("GET", "^/token$").resetConnection().always());
            assertThatThrownBy(
                            () -> Tasks.forEach(Collections.nCopies(30, "1"), 30, tag -> assertReads(engine, registry)))
                    .isInstanceOf(ContentException.Unreachable.class)
                    .hasMessageContaining("no answer from the token service http://" + registry.host() + "/token");
            registry.clearFaults();
            assertReads(engine, registry);
        }
    }

    @Test
    void retriesTokenServiceOnTemporaryFailure() {
        try (TestRegistry registry = registry(TestRegistry.builder().bearerAuth(HOUR));
                Engine engine = engine().build()) {
            registry.fault(Fault.on("GET", "^/token$").status(503).times(2));
            assertReads(engine, registry);
        }
    }

    @Test
    void sendsNoAuthorizationToStorageHosts() throws Exception {
        try (TestRegistry registry = registry(TestRegistry.builder()
                        .bearerAuth(HOUR, USER)
                        .anonymousPull(false)
                        .redirectBlobs(true));
                Engine engine = engine(registry, Credential.password("me", "secret"))) {
            var manifest = a(engine, registry.host()).manifest("1");
            try (var in = a(engine, registry.host())
                    .blob(manifest.children().getFirst())
                    .openAt(0)) {
                assertThat(in.readAllBytes()).isNotEmpty();
            }
            assertThat(registry.storageLog().exchanges())
                    .hasSize(1)
                    .allSatisfy(e -> assertThat(e.header("authorization")).isEmpty());
        }
    }

    @Test
    void withholdsCredentialsFromRedirectTarget() {
        String secret = Base64.getEncoder().encodeToString("me:secret".getBytes(StandardCharsets.UTF_8));
        try (ScriptedServer evil = ScriptedServer.start(call -> {
                    String realm = "realm=\"http://" + call.header("host") + "/token\"";
                    if (call.target().startsWith("/token")) {
                        call.reply(200, "{\"token\":\"evil\"}");
                    } else {
                        call.reply(401, "", "WWW-Authenticate: Bearer " + realm, "WWW-Authenticate: Basic " + realm);
                    }
                });
                ScriptedServer registry = ScriptedServer.start(call -> {
                    if (call.header("authorization").equals("Basic " + secret)) {
                        call.reply(307, "", "Location: http://" + evil.host() + "/blob");
                    } else {
                        call.reply(401, "", "WWW-Authenticate: Basic realm=x");
                    }
                });
                Engine engine = engine().credentials(
                                Credentials.of(registry.host(), Credential.password("me", "secret")))
                        .build()) {
            assertThatThrownBy(() -> a(engine, registry.host()).manifest("1"))
                    .isInstanceOf(ContentException.Denied.class);

            assertThat(evil.calls())
                    .isNotEmpty()
                    .allSatisfy(call -> assertThat(call.header("authorization") + call.target())
                            .doesNotContain(secret, "me"));
            assertThat(registry.calls())
                    .filteredOn(call -> call.header("authorization").contains("Bearer"))
                    .as("its token is not the registry's")
                    .isEmpty();
        }
    }

    @Test
    void refusesInsecureRealms() {
        for (String realm : new String[] {
            "", "realm=x", "realm=\"ftp://a/\"", "realm=\"/token\"", "realm=\"https://\"", "realm=\"http://a b/\""
        }) {
            try (ScriptedServer server =
                            ScriptedServer.start(call -> call.reply(401, "", "WWW-Authenticate: Bearer " + realm));
                    Engine engine = engine().build()) {
                assertThatThrownBy(() -> a(engine, server.host()).manifest("1"))
                        .as(realm)
                        .isInstanceOf(ContentException.Unreachable.class)
                        .hasMessageContaining("names a token service that cannot be used");
            }
        }
    }

    @Test
    void refusesInvalidTokens() {
        for (String answer : new String[] {
            "",
            "[]",
            "{}",
            "{\"token\":\"\"}",
            "{\"token\":7}",
            "{\"token\":\"a\\r\\nX: y\"}",
            "{\"token\":\"a b\"}",
            "<html>",
            "{\"token\":\"" + "x".repeat(2 << 20) + "\"}"
        }) {
            try (ScriptedServer server = ScriptedServer.start(call -> {
                        if (call.target().startsWith("/token")) {
                            call.reply(200, answer);
                        } else {
                            call.reply(
                                    401,
                                    "",
                                    "WWW-Authenticate: Bearer realm=\"http://" + call.header("host") + "/token\"");
                        }
                    });
                    Engine engine = engine().build()) {
                assertThatThrownBy(() -> a(engine, server.host()).manifest("1"))
                        .isInstanceOf(ContentException.Unreachable.class)
                        .hasMessageContaining("sent no token");
            }
        }
    }

    @Test
    void treatsUnreadableCredentialsAsRefused() {
        try (TestRegistry registry = registry(TestRegistry.builder().basicAuth("me", "secret"));
                Engine engine = engine().credentials((host, repository) -> {
                            throw new IllegalArgumentException("config.json is not valid JSON (line 1)");
                        })
                        .build()) {
            assertThatThrownBy(() -> assertReads(engine, registry))
                    .isInstanceOf(ContentException.Denied.class)
                    .hasMessageContaining("config.json is not valid JSON");
        }
    }

    @Test
    void findsCredentialsByRepository() {
        try (TestRegistry registry = registry(TestRegistry.builder().basicAuth("me", "secret"));
                Engine engine = engine().credentials((host, repository) -> repository.equals("a")
                                ? java.util.Optional.of(Credential.password("me", "secret"))
                                : java.util.Optional.empty())
                        .build()) {
            registry.put("b", "1", IMAGE);
            assertReads(engine, registry);
            assertThatThrownBy(() -> engine.registry(registry.host())
                            .repository(new RepositoryName("b"))
                            .manifest("1"))
                    .isInstanceOf(ContentException.Denied.class);
        }
    }

    /** A registry that requires more than the pull scope for a pull, and tells only clients with a token. */
    private static ScriptedServer demanding(String scope, boolean grants) {
        return ScriptedServer.start(call -> {
            String host = call.header("host");
            String challenge = "WWW-Authenticate: Basic realm=x, Bearer service=\"s,t\" , realm=\"http://" + host
                    + "/token\",scope=\"" + scope + "\"";
            if (call.target().startsWith("/token")) {
                boolean wide = URLDecoder.decode(call.target(), StandardCharsets.UTF_8)
                        .contains(scope.substring(scope.lastIndexOf(' ') + 1));
                call.reply(200, "{\"token\":\"" + (wide && grants ? "wide" : "narrow") + "\"}");
            } else if (call.header("authorization").equals("Bearer wide")) {
                call.reply(
                        200, new String(IMAGE.bytes(), StandardCharsets.UTF_8), "Content-Type: " + IMAGE.mediaType());
            } else if (call.header("authorization").isEmpty()) {
                call.reply(401, "", challenge.replace(scope, "repository:a:pull"));
            } else {
                call.reply(401, "", challenge + ", error=insufficient_scope");
            }
        });
    }

    @Test
    void requestsAdditionalScopesAndRemembersThem() {
        try (ScriptedServer server = demanding("repository:a:pull repository:base/a:pull", true);
                Engine engine = engine().build()) {
            Tasks.forEach(
                    Collections.nCopies(20, "1"),
                    20,
                    tag -> assertThat(a(engine, server.host())
                                    .manifest(tag)
                                    .descriptor()
                                    .digest())
                            .hasToString(IMAGE.digest()));
            int before = server.calls().size();
            a(engine, server.host()).manifest("1");
            assertThat(server.calls()).hasSize(before + 1);
            assertThat(server.calls().stream().filter(call -> call.target().startsWith("/token")))
                    .hasSize(2);
        }
    }

    @Test
    void namesPermissionThatAccountLacks() {
        try (ScriptedServer server = demanding("repository:a:pull repository:base/a:pull", false);
                Engine engine = engine().build()) {
            assertThatThrownBy(() -> a(engine, server.host()).manifest("1"))
                    .isInstanceOfSatisfying(
                            ContentException.Denied.class,
                            e -> assertThat(e.areCredentialsRefused())
                                    .as("the credentials were accepted")
                                    .isFalse())
                    .hasMessageContainingAll("insufficient_scope", "repository:base/a:pull");
            assertThat(server.calls()).as("no endless requests").hasSizeLessThan(8);
        }
    }
}
