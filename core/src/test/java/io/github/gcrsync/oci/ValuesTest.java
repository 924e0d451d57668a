package io.github.gcrsync.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.text.Json;
import io.github.gcrsync.text.Printable;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;

/** Digests, names, tags, printable text and JSON trees. */
final class ValuesTest {
    /** SHA-256 and SHA-512 of "abc" (FIPS 180-2, appendices B.1 and C.1). */
    private static final String ABC_256 = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    private static final String ABC_512 = "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";

    @Test
    void computesKnownDigests() {
        byte[] abc = utf8("abc");

        assertThat(Digest.sha256(abc)).hasToString(ABC_256);
        assertThat(new Digest(ABC_512).ofSameAlgorithm(abc)).hasToString(ABC_512);
        assertThat(new Digest(ABC_512).matches(new Digest(ABC_512).newHasher().digest(abc)))
                .isTrue();
        assertThat(new Digest(ABC_256).matches(new Digest(ABC_512).newHasher().digest(abc)))
                .isFalse();
        assertThat(new Digest(ABC_512).algorithm()).isEqualTo("sha512");
        assertThat(new Digest(ABC_256).hex()).hasSize(64);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "sha256:", "sha256", "md5:d41d8cd98f00b204e9800998ecf8427e", "sha256:../../../etc/passwd"})
    void refusesInvalidDigests(String text) {
        assertThat(Digest.isValid(text)).isFalse();
        assertThatThrownBy(() -> new Digest(text)).isInstanceOf(IllegalArgumentException.class);
        assertThat(Digest.isValid(ABC_256 + "\n")).isFalse();
        assertThat(Digest.isValid(ABC_256.toUpperCase(java.util.Locale.ROOT))).isFalse();
        assertThat(Digest.isValid(ABC_256.replace("sha256", "sha512"))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "latest, true",
        "_, true",
        "V1.0-rc_2, true",
        "'', false",
        ".a, false",
        "-a, false",
        "a/b, false",
        "a:b, false"
    })
    void validatesTags(String tag, boolean valid) {
        assertThat(Tag.isValid(tag)).isEqualTo(valid);
        assertThat(Tag.isValid("a".repeat(128))).isTrue();
        assertThat(Tag.isValid("a".repeat(129))).isFalse();
    }

    @Test
    void resolvesNamesWithinNamespaces() {
        RepositoryName name = new RepositoryName("a/b").resolve("c");

        assertThat(name.isUnder(new RepositoryName("a"))).isTrue();
        assertThat(name.isUnder(new RepositoryName("a/b/c"))).isFalse();
        assertThat(new RepositoryName("ab/c").isUnder(new RepositoryName("a"))).isFalse();
        assertThat(name.relativeTo(new RepositoryName("a"))).hasToString("b/c");
        assertThatThrownBy(() -> name.resolve("..")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "plain ünïcode 漢字 😀, plain ünïcode 漢字 😀",
        "red\u001b[31m, red?[31m",
        "a\u202eb\u200b\u2028c, a?b??c",
        "half \ud83d, half ?",
    })
    void makesTextPrintable(String text, String shown) {
        assertThat(Printable.of(text)).isEqualTo(shown);
        assertThat(Printable.shortened("x".repeat(500))).hasSize(201);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{} {}", "[1] x", "{\"a\":1,\"a\":2}", "{\"a\":", "nul", "[99999999999999999999]"})
    void refusesInvalidJson(String text) {
        assertThatThrownBy(() -> Json.tree(utf8(text))).isInstanceOf(JacksonException.class);
    }

    @Test
    void parsesJsonTree() {
        assertThat(Json.tree(utf8("{\"a\":[1,2.5,\"x\",true,false,{}],\"b\":{}}")))
                .isEqualTo(Map.of("a", List.of(1L, 2.5, "x", true, false, Map.of()), "b", Map.of()));
        assertThat(Json.tree(utf8("null"))).isNull();
        assertThatThrownBy(() -> Json.tree(utf8("[".repeat(10_000)))).isInstanceOf(JacksonException.class);
    }

    @Test
    void preservesDescriptors() {
        Descriptor full = new Descriptor(
                "a/b\"\n",
                new Digest(ABC_512),
                7,
                Optional.of(new Platform("linux", "arm64", Optional.of("v8"))),
                Optional.of("t"),
                List.of("https://example.com/x"),
                Map.of("k", "ü", "l", ""));

        assertThat(DescriptorJson.read(written(full))).isEqualTo(full);
        Descriptor plain = new Descriptor("a/b", new Digest(ABC_256), 0);
        assertThat(new String(written(plain), StandardCharsets.UTF_8))
                .isEqualTo("{\"mediaType\":\"a/b\",\"digest\":\"" + ABC_256 + "\",\"size\":0}");
        assertThatThrownBy(() -> DescriptorJson.read(utf8("7"))).isInstanceOf(InvalidManifestException.class);
        assertThatThrownBy(() -> DescriptorJson.read(utf8("{"))).isInstanceOf(InvalidManifestException.class);
    }

    @Test
    void parsesMediaTypeOfHeader() {
        assertThat(MediaType.ofHeader(" Application/JSON ; charset=utf-8")).isEqualTo("application/json");
        assertThat(MediaType.ofHeader("")).isEmpty();
    }

    private static byte[] written(Descriptor descriptor) {
        return utf8(Json.written(json -> DescriptorJson.write(json, descriptor)));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
