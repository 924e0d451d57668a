package io.github.gcrsync.registry.ecr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.TestImages;
import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.http.FakeTransport;
import io.github.gcrsync.http.Request;
import io.github.gcrsync.http.RetryPolicy;
import io.github.gcrsync.http.ScriptedServer;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.registry.Registries;
import io.github.gcrsync.testkit.TestRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
final class EcrRepositoriesTest {
    private static final Map<String, String> KEYS =
            Map.of("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY", "geheim", "AWS_SESSION_TOKEN", "token");
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2015-08-30T12:36:00Z"));
    private static final String HOST = "123456789012.dkr.ecr.eu-central-1.amazonaws.com";

    @ParameterizedTest
    @CsvSource({
        "123456789012.dkr.ecr.eu-central-1.amazonaws.com, https://api.ecr.eu-central-1.amazonaws.com/, eu-central-1",
        "123456789012.dkr.ecr-fips.us-east-2.amazonaws.com, https://ecr-fips.us-east-2.amazonaws.com/, us-east-2",
        "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn, https://api.ecr.cn-north-1.amazonaws.com.cn/, cn-north-1"
    })
    void usesApiOfRegion(String host, String endpoint, String region) throws IOException {
        FakeTransport aws = new FakeTransport(_ -> FakeTransport.answer(200, "{}"));
        EcrRepositories ecr = new EcrRepositories(aws, KEYS, CLOCK);
        assertThat(ecr.create(host, new RepositoryName("mirror/a"))).isTrue();
        assertThat(ecr.create(host, new RepositoryName("mirror/a"))).isTrue();
        assertThat(aws.requests()).hasSize(1);
        Request request = aws.requests().getFirst();
        assertThat(request.uri()).hasToString(endpoint);
        assertThat(request.headers().first("X-Amz-Target"))
                .contains("AmazonEC2ContainerRegistry_V20150921.CreateRepository");
        assertThat(request.headers().first("X-Amz-Security-Token")).contains("token");
        assertThat(request.headers().first("Authorization").orElseThrow())
                .startsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/" + region + "/ecr/aws4_request, "
                        + "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, ");
        assertThat(new String(request.body().orElseThrow().open().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("{\"repositoryName\":\"mirror/a\",\"registryId\":\"123456789012\"}");
        assertThat(aws.open()).isZero();
    }

    @Test
    void retriesThrottledCreation() {
        int[] asked = {0};
        FakeTransport aws = new FakeTransport(_ -> asked[0]++ == 0
                ? FakeTransport.answer(400, "{\"__type\":\"ThrottlingException\",\"message\":\"Rate exceeded\"}")
                : FakeTransport.answer(200, "{}"));
        RetryPolicy soon = new RetryPolicy(3, Duration.ofMillis(1), Duration.ofMillis(1), Duration.ofSeconds(1));
        assertThat(new EcrRepositories(aws, KEYS, CLOCK, soon).create(HOST, new RepositoryName("a")))
                .isTrue();
        assertThat(aws.requests()).hasSize(2);
    }

    @Test
    void ignoresEndpointForOtherRegistries() throws IOException {
        FakeTransport aws = new FakeTransport(_ -> FakeTransport.answer(200, "{}"));
        Map<String, String> variables = new HashMap<>(KEYS);
        variables.put("AWS_ENDPOINT_URL_ECR", "https://vpce-1.api.ecr.eu-central-1.vpce.amazonaws.com");
        EcrRepositories ecr = new EcrRepositories(aws, variables, CLOCK);
        assertThat(ecr.create("harbor.example.com", new RepositoryName("a"))).isFalse();
        assertThat(ecr.create(HOST, new RepositoryName("a"))).isTrue();
        assertThat(aws.requests()).hasSize(1);
    }

    @Test
    void succeedsIfRepositoryExists() {
        FakeTransport aws = new FakeTransport(_ -> FakeTransport.answer(
                400, "{\"__type\":\"com.amazonaws.ecr#RepositoryAlreadyExistsException\",\"message\":\"is there\"}"));
        assertThat(new EcrRepositories(aws, KEYS, CLOCK).create(HOST, new RepositoryName("a")))
                .isTrue();
    }

    @Test
    void reportsReasonOfRefusal() {
        FakeTransport aws = new FakeTransport(
                _ -> FakeTransport.answer(400, "{\"__type\":\"AccessDeniedException\",\"message\":\"not you\"}"));
        assertThatThrownBy(() -> new EcrRepositories(aws, KEYS, CLOCK).create(HOST, new RepositoryName("a")))
                .isInstanceOf(ContentException.Denied.class)
                .hasMessageContaining("AccessDeniedException not you")
                .hasMessageNotContaining("geheim");
        assertThatThrownBy(() -> new EcrRepositories(aws, Map.of(), CLOCK).create(HOST, new RepositoryName("a")))
                .hasMessageContaining("AWS_ACCESS_KEY_ID");
    }

    @Test
    void ignoresOtherRegistries() {
        FakeTransport aws = new FakeTransport(_ -> FakeTransport.answer(200, "{}"));
        EcrRepositories ecr = new EcrRepositories(aws, KEYS, CLOCK);
        assertThat(ecr.create("registry.example.com", new RepositoryName("a"))).isFalse();
        assertThat(aws.requests()).isEmpty();
    }

    @Test
    void createsMissingRepositoryOnceOnPush() {
        AtomicInteger calls = new AtomicInteger();
        try (TestRegistry registry =
                        TestRegistry.builder().requireRepositoryExists(true).start();
                ScriptedServer api = ScriptedServer.start(call -> {
                    calls.incrementAndGet();
                    call.body();
                    registry.createRepository("a");
                    call.reply(200, "{}");
                });
                Engine engine = Registries.engine()
                        .createRepositories(Map.of(
                                "AWS_ACCESS_KEY_ID",
                                "k",
                                "AWS_SECRET_ACCESS_KEY",
                                "s",
                                "AWS_ENDPOINT_URL_ECR",
                                "http://" + api.host()))
                        .build()) {
            for (int seed : new int[] {1, 2}) {
                byte[] bytes = TestImages.bytes(seed, 1000);
                engine.registry(registry.host())
                        .repository(new RepositoryName("a"))
                        .ensureBlob(TestImages.blob(bytes), TestImages.content(bytes));
                assertThat(registry.hasBlob("a", TestImages.blob(bytes).digest().value()))
                        .isTrue();
            }
            assertThat(calls).hasValue(1);
        }
    }
}
