package io.github.gcrsync.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ManifestTest {
    private static final String DIGEST = "sha256:" + "0".repeat(64);
    private static final String ONE = "{\"mediaType\":\"x/y\",\"digest\":\"" + DIGEST + "\",\"size\":1}";

    @Test
    void listsConfigBeforeLayers() {
        String two = ONE.replace("\"size\":1", "\"size\":2");
        Manifest image = parse(
                MediaType.OCI_MANIFEST,
                "{\"layers\":[" + two + "," + two + "],\"config\":" + ONE + ",\"subject\":" + two + "}");

        assertThat(image).isInstanceOf(Manifest.Image.class);
        assertThat(image.children()).extracting(Descriptor::size).containsExactly(1L, 2L, 2L);
        assertThat(image.subject()).map(Descriptor::size).contains(2L);
    }

    @Test
    void listsManifestsOfIndexWithPlatforms() {
        Manifest index = parse(
                MediaType.DOCKER_MANIFEST_LIST,
                "{\"manifests\":[{\"digest\":\"" + DIGEST + "\",\"size\":0,\"platform\":{\"os\":\"windows\","
                        + "\"architecture\":\"arm\",\"variant\":\"v7\",\"os.features\":[\"win32k\"]},\"urls\":[\"u\",1],"
                        + "\"annotations\":{\"a\":\"b\",\"c\":3},\"artifactType\":\"t\"}," + ONE + "]}");

        assertThat(index).isInstanceOf(Manifest.Index.class);
        assertThat(index.children().getFirst())
                .isEqualTo(new Descriptor(
                        "",
                        new Digest(DIGEST),
                        0,
                        Optional.of(new Platform("windows", "arm", Optional.of("v7"))),
                        Optional.of("t"),
                        List.of("u"),
                        Map.of("a", "b")));
        assertThat(index.children().getLast().platform()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource
    void acceptsValidManifests(String mediaType, String json, int children) {
        assertThat(parse(mediaType, json).children()).hasSize(children);
    }

    static Stream<Arguments> acceptsValidManifests() {
        return Stream.of(
                Arguments.of(MediaType.OCI_MANIFEST, "{\"config\":" + ONE + "}", 1),
                Arguments.of(MediaType.OCI_MANIFEST, "{\"config\":" + ONE + ",\"layers\":null,\"subject\":null}", 1),
                Arguments.of(MediaType.OCI_MANIFEST, "{\"config\":" + ONE + ",\"manifests\":null}", 1),
                // An extension field, not that of the artifact manifest.
                Arguments.of(
                        MediaType.DOCKER_MANIFEST, "{\"config\":" + ONE + ",\"layers\":[" + ONE + "],\"blobs\":[]}", 2),
                Arguments.of(MediaType.OCI_ARTIFACT, "{\"blobs\":[" + ONE + "]}", 1),
                Arguments.of(MediaType.OCI_ARTIFACT, "{}", 0),
                Arguments.of(MediaType.ORAS_ARTIFACT, "{\"blobs\":[" + ONE + "],\"subject\":" + ONE + "}", 1),
                Arguments.of(MediaType.OCI_INDEX, "{\"manifests\":[]}", 0),
                Arguments.of(MediaType.OCI_INDEX, "{\"manifests\":null,\"layers\":null}", 0),
                Arguments.of(MediaType.OCI_INDEX, "{\"manifests\":" + many(10_000) + "}", 10_000));
    }

    @ParameterizedTest
    @MethodSource
    void refusesInvalidManifests(String what, String mediaType, String json, String message) {
        assertThatThrownBy(() -> parse(mediaType, json))
                .as(what)
                .isInstanceOf(InvalidManifestException.class)
                .hasMessageContaining(message)
                .message()
                .hasSizeLessThan(400);
    }

    static Stream<Arguments> refusesInvalidManifests() {
        return Stream.of(
                image("empty", "", "not a JSON object"),
                image("not JSON", "<html>", "not valid JSON"),
                image("cut off", "{\"config\":" + ONE, "not valid JSON"),
                image("binary", "\u0000\u0001\u0002", "not valid JSON"),
                image("an array", "[]", "not a JSON object"),
                image("two documents", "{\"config\":" + ONE + "} {}", "unexpected data"),
                image("nested 100,000 deep", "{\"x\":" + "[".repeat(100_000), "not valid JSON"),
                image(
                        "nested 100,000 deep in a layer",
                        "{\"layers\":[{\"x\":" + "{\"x\":".repeat(100_000),
                        "not valid"),
                image("field twice", "{\"config\":" + ONE + ",\"config\":" + ONE + "}", "not valid JSON"),
                image("digest twice", "{\"config\":" + ONE.replace("}", ",\"digest\":\"x\"}") + "}", "not valid JSON"),
                image("field in the wrong case", "{\"config\":" + ONE + ",\"Layers\":[" + ONE + "]}", "wrong case"),
                image("no config", "{\"layers\":[]}", "without \"config\""),
                image("config null", "{\"config\":null,\"layers\":[]}", "without \"config\""),
                image("config a text", "{\"config\":\"" + DIGEST + "\"}", "not a descriptor"),
                image("layers an object", "{\"layers\":{}}", "not an array"),
                image("layer a number", "{\"layers\":[1]}", "not a descriptor"),
                image("no digest", "{\"config\":{\"size\":1}}", "without digest or size"),
                image("no size", "{\"config\":{\"digest\":\"" + DIGEST + "\"}}", "without digest or size"),
                image("negative size", sized("-1"), "impossible size"),
                image("size beyond 2^53", sized("9007199254740992"), "impossible size"),
                image("size beyond 2^63", sized("9223372036854775808"), "not valid JSON"),
                image("size of a thousand digits", sized("1" + "0".repeat(1000)), "not valid JSON"),
                image("size a fraction", sized("1.0"), "not an integer"),
                image("size a text", sized("\"1\""), "not an integer"),
                image("digest a number", "{\"config\":{\"size\":1,\"digest\":1}}", "not a string"),
                image("digest escapes", "{\"config\":{\"size\":1,\"digest\":\"sha256:../../x\"}}", "sha256 or sha512"),
                image(
                        "digest in capitals",
                        "{\"config\":" + ONE.replace("0".repeat(64), "A".repeat(64)) + "}",
                        "sha512"),
                image("10,001 layers", "{\"config\":" + ONE + ",\"layers\":" + many(10_001) + "}", "more than 10000"),
                image("an image and an index", "{\"config\":" + ONE + ",\"manifests\":[" + ONE + "]}", "both an image"),
                image(
                        "declares itself an index",
                        "{\"mediaType\":\"" + MediaType.OCI_INDEX + "\",\"config\":" + ONE + "}",
                        "both an image"),
                index("no manifests", "{}", "without \"manifests\""),
                index("an index and an image", "{\"manifests\":[],\"layers\":[" + ONE + "]}", "both an image"),
                index("an index with a config", "{\"manifests\":[],\"config\":" + ONE + "}", "both an image"),
                index(
                        "declares itself an image",
                        "{\"mediaType\":\"" + MediaType.DOCKER_MANIFEST + "\",\"manifests\":[]}",
                        "both an image"),
                index("10,001 manifests", "{\"manifests\":" + many(10_001) + "}", "more than 10000"));
    }

    @Test
    void makesMessagesSafeForTerminal() {
        assertThatThrownBy(() ->
                        parse(MediaType.OCI_MANIFEST, "{\"config\":{\"digest\":\"\u202e\\u001b[31m\",\"size\":1}}"))
                .message()
                .doesNotContain("\u001b", "\u202e");
        assertThatThrownBy(() -> parse(MediaType.OCI_MANIFEST, "{\"\\u001b[31m\":1,\"\\u001b[31m\":2}"))
                .message()
                .doesNotContain("\u001b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {MediaType.DOCKER_SCHEMA1, MediaType.DOCKER_SCHEMA1_SIGNED, "application/json", "text/html", ""})
    void refusesUnknownTypes(String mediaType) {
        assertThatThrownBy(() -> parse(mediaType, "{\"config\":" + ONE + ",\"layers\":[]}"))
                .isInstanceOf(InvalidManifestException.class)
                .hasMessageContaining("unknown media type");
    }

    @ParameterizedTest
    @MethodSource
    void detectsTypeByContentIfNamedTypeIsUnknown(String named, String json, String type) {
        assertThat(ManifestKind.of(named, json.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(Optional.of(type).filter(t -> !t.isEmpty()));
    }

    static Stream<Arguments> detectsTypeByContentIfNamedTypeIsUnknown() {
        String image = "{\"config\":" + ONE + ",\"layers\":[]}";
        return Stream.of(
                Arguments.of(MediaType.DOCKER_MANIFEST, image, MediaType.DOCKER_MANIFEST),
                Arguments.of("binary/octet-stream", image, MediaType.OCI_MANIFEST),
                Arguments.of("", "{\"manifests\":[]}", MediaType.OCI_INDEX),
                Arguments.of("x/y", declared(MediaType.DOCKER_MANIFEST), MediaType.DOCKER_MANIFEST),
                Arguments.of("x/y", declared(MediaType.ORAS_ARTIFACT), MediaType.ORAS_ARTIFACT),
                Arguments.of("x/y", "{\"fsLayers\":[]}", MediaType.DOCKER_SCHEMA1),
                Arguments.of("x/y", "{\"fsLayers\":[],\"signatures\":[]}", MediaType.DOCKER_SCHEMA1_SIGNED),
                Arguments.of("x/y", declared("application/vnd.example+json"), ""),
                Arguments.of("x/y", "{\"blobs\":[]}", ""),
                Arguments.of("x/y", "[]", ""),
                Arguments.of("x/y", "no JSON", ""));
    }

    private static String declared(String type) {
        return "{\"mediaType\":\"" + type + "\",\"config\":" + ONE + ",\"layers\":[]}";
    }

    @Test
    void describesReferrerWithTypeAndAnnotations() {
        String rest = "\"config\":" + ONE + ",\"subject\":" + ONE + ",\"annotations\":{\"k\":\"v\"}}";

        Descriptor typed = parse(MediaType.OCI_MANIFEST, "{\"artifactType\":\"a/b\"," + rest)
                .asReferrer();
        Descriptor untyped = parse(MediaType.OCI_MANIFEST, "{" + rest).asReferrer();
        Descriptor index = parse(MediaType.OCI_INDEX, "{\"manifests\":[],\"subject\":" + ONE + "}")
                .asReferrer();

        assertThat(typed.artifactType()).contains("a/b");
        assertThat(typed.annotations()).containsEntry("k", "v");
        assertThat(untyped.artifactType()).contains("x/y");
        assertThat(index.artifactType()).isEmpty();
    }

    @Test
    void preservesBytes() {
        byte[] content = ("{ \"config\" :" + ONE + "}\r\n\t ").getBytes(StandardCharsets.UTF_8);

        Manifest image = Manifest.parse(MediaType.OCI_MANIFEST, Digest.sha256(content), content);
        content[0] = 'x';

        assertThat(Digest.sha256(image.content().toArray()))
                .isEqualTo(image.descriptor().digest());
    }

    private static Arguments image(String what, String json, String message) {
        return Arguments.of(what, MediaType.OCI_MANIFEST, json, message);
    }

    private static Arguments index(String what, String json, String message) {
        return Arguments.of(what, MediaType.OCI_INDEX, json, message);
    }

    private static String sized(String size) {
        return "{\"config\":{\"digest\":\"" + DIGEST + "\",\"size\":" + size + "}}";
    }

    private static String many(int count) {
        return IntStream.range(0, count).mapToObj(i -> ONE).collect(Collectors.joining(",", "[", "]"));
    }

    private static Manifest parse(String mediaType, String json) {
        byte[] content = json.getBytes(StandardCharsets.UTF_8);
        return Manifest.parse(mediaType, Digest.sha256(content), content);
    }
}
