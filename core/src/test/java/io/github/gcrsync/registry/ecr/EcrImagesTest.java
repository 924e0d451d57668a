package io.github.gcrsync.registry.ecr;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.http.Request;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.registry.hosted.HostedApi;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EcrImagesTest {
    private static final Map<String, String> KEYS =
            Map.of("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY", "geheim");
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2015-08-30T12:36:00Z"));
    private static final String HOST = "123456789012.dkr.ecr.eu-central-1.amazonaws.com";

    private static Map<String, String> keysWith(String variable, String value) {
        Map<String, String> variables = new HashMap<>(KEYS);
        variables.put(variable, value);
        return variables;
    }

    @Test
    void signsRequestForTaggedImages() throws IOException {
        HostedApi api = EcrImages.of(HOST, KEYS, CLOCK).orElseThrow();

        Request request = api.request(new RepositoryName("team/a"), new HostedApi.Place(2, "to\"ken"));

        assertThat(request.uri()).hasToString("https://api.ecr.eu-central-1.amazonaws.com/");
        assertThat(request.headers().first("X-Amz-Target"))
                .contains("AmazonEC2ContainerRegistry_V20150921.DescribeImages");
        assertThat(request.headers().first("Authorization").orElseThrow())
                .startsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/eu-central-1/ecr/aws4_request, ");
        assertThat(new String(request.body().orElseThrow().open().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("{\"repositoryName\":\"team/a\",\"maxResults\":1000,\"filter\":{\"tagStatus\":\"TAGGED\"},"
                        + "\"nextToken\":\"to\\\"ken\",\"registryId\":\"123456789012\"}");
    }

    @Test
    void needsKeys() {
        assertThat(EcrImages.of(HOST, Map.of("AWS_ACCESS_KEY_ID", "k"), CLOCK)).isEmpty();
    }

    /** The variable may be set for a local emulation of AWS. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost:4566",
                "http://plain.example.com",
                "https://vpce-1.api.ecr.eu-central-1.vpce.amazonaws.com",
                "no address"
            })
    void ignoresEndpointForOtherRegistries(String endpoint) {
        assertThat(EcrImages.of("ghcr.io", keysWith("AWS_ENDPOINT_URL_ECR", endpoint), CLOCK))
                .isEmpty();
    }
}
