package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.testkit.Content;
import io.github.gcrsync.testkit.DockerRegistry;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.SampleLayer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rare content that must not fail. */
final class UnusualImagesTest extends BetweenRegistries {
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
                "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"
            })
    void skipsNondistributableLayers(String mediaType) {
        SampleLayer own = SampleImages.layer(1, 2);
        SampleImage image = image(Map.of(own.digest(), own.content()), """
                {"mediaType":"%s","digest":"%s","size":%d},
                {"mediaType":"%s","digest":"sha256:%s","size":1234,"urls":["https://example.com/layer"]}""".formatted(
                        "application/vnd.oci.image.layer.v1.tar+gzip",
                        own.digest(),
                        own.content().size(),
                        mediaType,
                        "0".repeat(64)));
        source.put("ns/windows", "1", image);

        assertMirrored(sync(), "windows", "1", image);
        assertThat(destination.log().count("POST", ".*"))
                .as("config and own layer")
                .isEqualTo(2);
    }

    @Test
    void copiesImagesWithoutOrWithEmptyLayers() {
        Content nothing = Content.of(new byte[0]);
        String empty = Digest.sha256(new byte[0]).value();
        SampleImage none = image(Map.of(), "");
        SampleImage zero = image(Map.of(empty, nothing), """
                {"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"%s","size":0}""".formatted(empty));
        source.put("ns/none", "1", none);
        source.put("ns/zero", "1", zero);

        InProcess.Result result = sync();

        assertMirrored(result, "none", "1", none);
        assertMirrored(result, "zero", "1", zero);
        assertThat(destination.hasBlob("mirror/zero", empty)).isTrue();
    }

    @Test
    void transfersRepeatedLayerOnce() {
        SampleLayer layer = SampleImages.layer(3, 2);
        SampleImage image = SampleImages.oci("linux/amd64", layer, layer, layer);
        source.put("ns/twice", "1", image);

        assertMirrored(sync(), "twice", "1", image);
        assertThat(source.log().count("GET", "/blobs/" + layer.digest())).isEqualTo(1);
    }

    @Test
    void verifiesAndKeepsSha512Blobs() throws Exception {
        byte[] bytes = "a layer under another algorithm".getBytes(StandardCharsets.UTF_8);
        String digest = "sha512:"
                + java.util.HexFormat.of()
                        .formatHex(java.security.MessageDigest.getInstance("SHA-512")
                                .digest(bytes));
        SampleImage image = image(Map.of(digest, Content.of(bytes)), """
                {"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"%s","size":%d}""".formatted(digest, bytes.length));
        source.put("ns/other", "1", image);

        assertMirrored(sync(), "other", "1", image);
        InProcess.Result layouts = workplace.sync(
                source.host(), "oci:" + folder.resolve("mirror"), "--metadata=" + folder.resolve("second"));
        assertThat(layouts.exitCode()).as("%s", layouts).isZero();
        assertThat(folder.resolve("mirror/other/blobs").resolve(digest.replace(':', '/')))
                .hasBinaryContent(bytes);
    }

    @Test
    void copiesArtifactsAndSignaturesToRealRegistry() {
        SampleImage artifact = SampleImages.artifact(1, "application/vnd.example.sbom");
        SampleImage subject = SampleImages.multiPlatform(2);
        SampleImage signature = SampleImages.signature(3, subject);
        source.put("ns/artifact", "1", artifact);
        source.put("ns/signed", "1", subject);
        source.put("ns/signed", SampleImages.cosignTag(subject), signature);
        try (DockerRegistry real = DockerRegistry.start(folder.resolve("real"))) {
            InProcess.Result result = workplace.sync(source.host(), real.host());

            assertThat(result.exitCode()).as("%s\n%s", result, real.logs()).isZero();
            String place = "docker://" + real.host();
            assertThat(OtherTools.digest(place + "/artifact:1")).isEqualTo(artifact.digest());
            assertThat(OtherTools.digest(place + "/signed:1")).isEqualTo(subject.digest());
            assertThat(OtherTools.digest(place + "/signed:" + SampleImages.cosignTag(subject)))
                    .isEqualTo(signature.digest());
        }
    }

    @Test
    void copiesNestedIndexes() {
        SampleImage nested = SampleImages.index(SampleImages.nestedIndex(1), SampleImages.nestedIndex(5));
        source.put("ns/nested", "1", nested);

        assertMirrored(sync(), "nested", "1", nested);
        assertThat(nested.manifests().keySet())
                .allMatch(digest ->
                        !destination.manifestDigest("mirror/nested", digest).isEmpty());
        assertThat(nested.blobs().keySet()).allMatch(digest -> destination.hasBlob("mirror/nested", digest));
    }

    @Test
    void copiesSparseIndexAndReportsIt() {
        SampleImage image = SampleImages.multiPlatform(1);
        source.put("ns/sparse", "1", image);
        String absent = image.manifests().firstEntry().getKey();
        source.delete("ns/sparse", absent);

        InProcess.Result result = workplace.sync(source.host(), "oci:" + folder.resolve("mirror"));

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.err()).containsPattern("note: an index names " + absent + " for linux/.*, which the source");
        assertThat(workplace.metadata().digests()).containsEntry("sparse:1", image.digest());
        InProcess.Result next = workplace.sync(source.host(), "oci:" + folder.resolve("mirror"));
        assertThat(next.out()).containsPattern("up to date +1\n");
    }

    @Test
    void keepsManifestBytes() {
        SampleLayer layer = SampleImages.layer(8, 2);
        String odd =
                "{\n\t\"schemaVersion\" : 2 , \"note\":\"\\u00e4 ä\",\"config\":{\"mediaType\":\"%s\",\"size\":%d,\"digest\":\"%s\"},\"layers\":[] }\n\n"
                        .formatted("application/vnd.example", layer.content().size(), layer.digest());
        SampleImage image = sealed(Map.of(layer.digest(), layer.content()), odd);
        source.put("ns/odd", "1", image);

        assertMirrored(sync(), "odd", "1", image);
        assertThat(destination.manifestBytes("mirror/odd", "1")).isEqualTo(odd.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "not JSON",
                "[]",
                "{}",
                "{\"schemaVersion\":1}",
                "{\"schemaVersion\":2,\"layers\":[{\"digest\":\"sha256:zz\"}]}"
            })
    void failsOnlyInvalidManifest(String bytes) {
        SampleImage good = SampleImages.oci(1);
        source.put("ns/good", "1", good);
        String digest = Digest.sha256(bytes.getBytes(StandardCharsets.UTF_8)).value();
        source.fault(Fault.on("GET", "^/v2/ns/tags/list$")
                .status(200, "{\"child\":[\"good\",\"bad\"],\"tags\":[],\"manifest\":{}}"));
        source.fault(Fault.on("GET", "^/v2/ns/bad/tags/list$")
                .status(
                        200,
                        "{\"child\":[],\"tags\":[\"1\"],\"manifest\":{\"%s\":{\"tag\":[\"1\"]}}}".formatted(digest)));
        source.fault(Fault.on("*", "^/v2/ns/bad/manifests/")
                .status(200, bytes)
                .header("Content-Type", MANIFEST)
                .always());

        InProcess.Result result = sync();

        assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
        assertThat(result.out()).containsPattern("(?m)^    bad:1  source: .*manifest");
        assertMirroredIs(good);
    }

    private void assertMirroredIs(SampleImage good) {
        assertThat(destination.manifestDigest("mirror/good", "1")).isEqualTo(good.digest());
        assertThat(destination.repositories()).doesNotContain("mirror/bad");
    }

    private void assertMirrored(InProcess.Result result, String name, String tag, SampleImage image) {
        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(destination.manifestDigest("mirror/" + name, tag)).isEqualTo(image.digest());
        assertThat(workplace.metadata().digests()).containsEntry(name + ":" + tag, image.digest());
    }

    private InProcess.Result sync() {
        return workplace.sync(source.host(), destination.host() + "/mirror");
    }

    /** An image with an empty configuration and these layers, with descriptors as JSON. */
    private static SampleImage image(Map<String, Content> layers, String descriptors) {
        byte[] config = "{}".getBytes(StandardCharsets.UTF_8);
        Map<String, Content> blobs = new LinkedHashMap<>(layers);
        String digest = Digest.sha256(config).value();
        blobs.put(digest, Content.of(config));
        return sealed(blobs, """
                {"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"application/vnd.oci.image.config.v1+json",\
                "digest":"%s","size":2},"layers":[%s]}""".formatted(MANIFEST, digest, descriptors));
    }

    private static SampleImage sealed(Map<String, Content> blobs, String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        String digest = Digest.sha256(bytes).value();
        SequencedMap<String, SampleImage.Manifest> manifests = new LinkedHashMap<>();
        manifests.put(digest, new SampleImage.Manifest(MANIFEST, Content.of(bytes)));
        return new SampleImage(new SampleImage.Descriptor(MANIFEST, digest, bytes.length, ""), manifests, blobs);
    }
}
