package io.github.gcrsync.oci;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.text.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.arbitraries.StringArbitrary;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** Properties of digests, and of numbers and strings in JSON. */
final class ValuesPropertiesTest {
    @Property
    void matchesOnlyOwnDigest(@ForAll byte[] content, @ForAll byte[] other) {
        Digest sha256 = Digest.sha256(content);
        Digest sha512 = new Digest("sha512:" + "0".repeat(128)).ofSameAlgorithm(content);

        for (Digest digest : List.of(sha256, sha512)) {
            assertThat(new Digest(digest.value())).isEqualTo(digest);
            assertThat(digest).hasToString(digest.algorithm() + ":" + digest.hex());
            assertThat(digest.matches(digest.newHasher().digest(content))).isTrue();
            assertThat(digest.ofSameAlgorithm(other).equals(digest)).isEqualTo(java.util.Arrays.equals(content, other));
        }
    }

    @Property(tries = 5000)
    void parsesOrRefusesAnyText(@ForAll("likeDigests") String text) {
        boolean valid = text.matches("sha256:[0-9a-f]{64}") || text.matches("sha512:[0-9a-f]{128}");

        assertThat(Digest.isValid(text)).isEqualTo(valid);
        assertThat(Digest.parse(text).map(Digest::value)).isEqualTo(valid ? Optional.of(text) : Optional.empty());
        try {
            assertThat(new Digest(text).value()).isEqualTo(text);
            assertThat(valid).isTrue();
        } catch (IllegalArgumentException e) {
            assertThat(valid).isFalse();
        }
    }

    @Provide
    Arbitrary<String> likeDigests() {
        StringArbitrary hex = Arbitraries.strings().withChars("0123456789abcdef");
        return Arbitraries.oneOf(
                Arbitraries.strings(),
                hex.ofLength(64).map(digits -> "sha256:" + digits),
                hex.ofLength(128).map(digits -> "sha512:" + digits),
                hex.ofMinLength(60).ofMaxLength(66).map(digits -> "sha256:" + digits),
                hex.ofLength(63).map(digits -> "sha256:" + digits + "A"),
                hex.ofLength(62).map(digits -> "sha256:" + digits + "\uD83D\uDE00"),
                hex.ofLength(126).map(digits -> "sha512:" + digits + "\uD83D\uDE00"),
                hex.ofLength(64).map(digits -> "sha256:" + digits + "\n"));
    }

    @Property
    void preservesIntegersAndStrings(@ForAll long number, @ForAll("texts") String text) {
        assertThat(Json.tree(written(number, text))).isEqualTo(List.of(number, text));
    }

    @Property
    void preservesFractions(@ForAll("finite") double number) {
        assertThat(Json.tree(utf8("[" + number + "]"))).isEqualTo(List.of(number));
    }

    /** A number is parsed exactly or refused. */
    @Property
    void parsesOrRefusesDigits(@ForAll("digits") String digits) {
        @Nullable Object read;
        try {
            read = Json.tree(utf8("[" + digits + "]"));
        } catch (JacksonException e) {
            assertThat(digits)
                    .satisfiesAnyOf(
                            d -> assertThat(d.length()).isGreaterThan(18),
                            d -> assertThat(d).matches("-?0\\d+|-"));
            return;
        }
        assertThat(read).isEqualTo(List.of(Long.parseLong(digits)));
    }

    @Property(tries = 5000)
    void parsesOrRefusesAnyJson(@ForAll("likeJson") String text) {
        try {
            Json.tree(utf8(text));
        } catch (JacksonException e) {
            assertThat(e.getOriginalMessage()).isNotEmpty();
        }
    }

    /** UTF-8, and therefore JSON, has no lone surrogates. */
    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.strings()
                .filter(text -> StandardCharsets.UTF_8.newEncoder().canEncode(text));
    }

    @Provide
    Arbitrary<Double> finite() {
        return Arbitraries.longs().map(Double::longBitsToDouble).filter(Double::isFinite);
    }

    @Provide
    Arbitrary<String> digits() {
        return Arbitraries.strings()
                .numeric()
                .ofMinLength(1)
                .ofMaxLength(70)
                .flatMap(digits -> Arbitraries.of(digits, "-" + digits));
    }

    @Provide
    Arbitrary<String> likeJson() {
        return Arbitraries.of(
                        "{", "}", "[", "]", ":", ",", "\"", "\"a\"", "\"\\u00", "\\", "0", "-", "1e9", ".5", "true",
                        "nul", "null", " ", "\n", "\u0000", "\ufeff", "é", "/*", "NaN", "'")
                .list()
                .ofMaxSize(40)
                .map(parts -> String.join("", parts));
    }

    private static byte[] written(long number, String text) {
        return utf8(Json.written(json -> {
            json.writeStartArray();
            json.writeNumber(number);
            json.writeString(text);
            json.writeEndArray();
        }));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
