package io.github.gcrsync.registry.ecr;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.http.Request;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs the cases of AWS's test suite for Signature Version 4. */
final class AwsSignatureTest {
    private static final Instant THEN = Instant.parse("2015-08-30T12:36:00Z");
    private static final AwsSignature SUITE = new AwsSignature(
            "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", Optional.empty(), "us-east-1", "service");

    private static String authorization(Request request, String body) {
        return SUITE.signed(request, body.getBytes(StandardCharsets.UTF_8), THEN)
                .headers()
                .first("Authorization")
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, 5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        "POST, 5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"
    })
    void signsVanillaRequest(String method, String signature) {
        assertThat(authorization(Request.of(method, URI.create("https://example.amazonaws.com/")), ""))
                .isEqualTo("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
                        + "SignedHeaders=host;x-amz-date, Signature=" + signature);
    }

    @Test
    void signsBodyWithType() {
        Request form = Request.of("POST", URI.create("https://example.amazonaws.com/"))
                .with("Content-Type", "application/x-www-form-urlencoded");
        assertThat(authorization(form, "Param1=value1"))
                .endsWith("SignedHeaders=content-type;host;x-amz-date, "
                        + "Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a");
    }

    @Test
    void hidesSecret() {
        assertThat(SUITE.toString()).doesNotContain("wJalr").doesNotContain("AKID");
    }
}
