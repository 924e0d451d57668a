package io.github.gcrsync.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SmallPartsTest {
    @Test
    void createsEqualImagesFromEqualSeeds() {
        assertThat(SampleImages.oci(5).digest())
                .isEqualTo(SampleImages.oci(5).digest())
                .isNotEqualTo(SampleImages.oci(6).digest())
                .isNotEqualTo(SampleImages.docker(5).digest());
        assertThat(SampleImages.docker(5).blobs().keySet()).containsAll(layers(SampleImages.oci(5)));
        assertThat(SampleImages.multiPlatform(1).manifests()).hasSize(4);
        assertThat(SampleImages.nestedIndex(1).manifests()).hasSize(6);
    }

    private static Set<String> layers(SampleImage image) {
        Set<String> digests = new HashSet<>();
        Json.parse(image.bytes())
                .get("layers")
                .items()
                .forEach(layer -> digests.add(layer.get("digest").text()));
        return digests;
    }

    @Test
    void createsBlobsThatMatchTheirDigests() {
        SampleImage big = SampleImages.oci("linux/amd64", SampleImages.bigLayer(7, 300_000));
        big.blobs()
                .forEach((digest, content) ->
                        assertThat(Digests.matches(digest, content)).isTrue());
        SampleImages.nestedIndex(3)
                .blobs()
                .forEach((digest, content) ->
                        assertThat(Digests.matches(digest, content)).isTrue());
    }

    @Test
    void readsBigLayerFromAnyOffset() throws IOException {
        SampleLayer layer = SampleImages.bigLayer(7, 300_000);
        assertThat(layer.content().size()).isEqualTo(5 * 65536);
        byte[] all = layer.content().bytes();
        try (InputStream late = layer.content().openAt(200_001)) {
            assertThat(late.readAllBytes()).isEqualTo(Arrays.copyOfRange(all, 200_001, all.length));
        }
        try (InputStream tar = new GZIPInputStream(layer.content().openAt(0))) {
            assertThat(Digests.of(tar.readAllBytes())).isEqualTo(layer.diffId());
        }
    }

    @Test
    void sharesLayersWithinNamespace() {
        try (TestRegistry registry = TestRegistry.start()) {
            SampleNamespace.fill(registry, "ns", 20, 2, 1);
            assertThat(registry.repositories()).hasSize(20).contains("ns/pause", "ns/etcd", "ns/pause-1");
            assertThat(registry.tags("ns/pause")).containsExactly("v1.0.0", "v1.0.1");
            String base = SampleImages.layer(1, 8).digest();
            assertThat(registry.repositories()).allMatch(repository -> registry.hasBlob(repository, base));
        }
    }

    @Test
    void capturesAllOutputOfPrograms(@TempDir Path folder) {
        Program.Result result = Program.require("sh")
                .arguments("-c", "cat; pwd; echo $WHAT >&2; exit 3")
                .environment("WHAT", "that")
                .stdin("input\n")
                .in(folder)
                .run();
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.stdout()).isEqualTo("input\n" + folder + "\n");
        assertThat(result.stderr()).isEqualTo("that\n");
        assertThatThrownBy(result::orThrow).hasMessageContaining("exit code 3").hasMessageContaining("that");
    }

    @Test
    void killsProgramAfterTimeout() {
        Program slow =
                Program.require("sh").arguments("-c", "echo begun; sleep 600").within(Duration.ofSeconds(2));
        assertThatThrownBy(slow::run).hasMessageContaining("not done within").hasMessageContaining("begun");
    }

    @Test
    void namesPackageOfMissingProgram() {
        assertThatThrownBy(() -> Program.require("no-such-program"))
                .hasMessageContaining("apt-get install -y no-such-program");
    }
}
