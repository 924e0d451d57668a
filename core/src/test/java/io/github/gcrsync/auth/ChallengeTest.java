package io.github.gcrsync.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ChallengeTest {
    private static final Challenge BEARER = new Challenge(
            "bearer", Map.of("realm", "https://auth.example/token", "service", "reg", "scope", "a:b:c,d"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Bearer realm=\"https://auth.example/token\",service=\"reg\",scope=\"a:b:c,d\"",
                "Bearer scope=\"a:b:c,d\", service=reg , realm=\"https://auth.example/token\"",
                "BEARER Realm = \"https://auth.example/token\" ,, SERVICE=\"r\\eg\", scope=\"a:b:c,d\",",
                "  ,bearer realm=\"https://auth.example/token\" service=reg scope=\"a:b:c,d\"",
                "Bearer realm=\"https://auth.example/token\",service=reg,scope=\"a:b:c,d\",realm=\"https://evil/\""
            })
    void parsesParametersInAnyOrderAndSpacing(String header) {
        assertThat(Challenge.parse(header)).containsExactly(BEARER);
    }

    @Test
    void parsesSeveralChallengesInOneHeader() {
        assertThat(Challenge.parse("Basic realm=\"a, b=c\", Negotiate, Bearer realm=\"https://auth.example/token\","
                        + "service=\"reg\",scope=\"a:b:c,d\", Digest"))
                .containsExactly(
                        new Challenge("basic", Map.of("realm", "a, b=c")),
                        new Challenge("negotiate", Map.of()),
                        BEARER,
                        new Challenge("digest", Map.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ",", "=", "\"", "\"\"", "=,=,="})
    void ignoresUnreadableText(String header) {
        assertThat(Challenge.parse(header)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer realm=\"open", "Bearer realm=", "Bearer =x", "Bearer realm=\"a\\", "Bearer \"x\""})
    void parsesTruncatedHeader(String header) {
        assertThat(Challenge.parse(header))
                .first()
                .extracting(Challenge::scheme)
                .isEqualTo("bearer");
    }

    @Test
    void parsesRandomText() {
        Random random = new Random(2);
        List<String> pieces =
                List.of("Bearer", "Basic", "realm", "=", "\"", ",", " ", "\\", "https://a/b", "\0", "é", "\t", "x");
        for (int i = 0; i < 50_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(20); length > 0; length--) {
                text.append(pieces.get(random.nextInt(pieces.size())));
            }
            for (Challenge challenge : Challenge.parse(text.toString())) {
                assertThat(challenge.scheme()).isNotEmpty();
            }
        }
    }

    @Test
    void parsesLongHeaderInLinearTime() {
        assertThat(Challenge.parse("a=\"".repeat(1 << 20))).isNotNull();
        assertThat(Challenge.parse("Bearer " + "x=y,".repeat(1 << 18))).hasSize(1);
        assertThat(Challenge.parse(" ,".repeat(1 << 20))).isEmpty();
    }
}
