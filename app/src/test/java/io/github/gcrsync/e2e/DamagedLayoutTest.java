package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.commands.Workplace;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.SampleLayer;
import io.github.gcrsync.testkit.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A folder with missing or changed content. */
final class DamagedLayoutTest {
    private final TestRegistry source = TestRegistry.builder().gcrListing(true).start();
    private final SampleLayer layer = SampleImages.layer(1, 4);
    private final SampleImage docker = SampleImages.docker("linux/amd64", layer);

    @TempDir
    private Path folder;

    private Workplace workplace;
    private Path mirror;

    @BeforeEach
    void mirrorImages() {
        workplace = new Workplace(folder);
        mirror = folder.resolve("mirror");
        source.put("ns/docker", "1", docker);
        source.put("ns/many", "1", SampleImages.multiPlatform(7));
        assertThat(run("sync").exitCode()).isZero();
    }

    @AfterEach
    void stop() {
        source.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void reportsLostLayerInEveryCommandAndRepairsItInSync(boolean removed) throws IOException {
        if (removed) {
            Files.delete(blob());
        } else {
            Files.write(blob(), new byte[10]);
        }

        assertDamaged("docker:1", "docker@" + layer.digest() + " is missing or damaged");
        assertRepairedBy("sync");
        assertInSync();
    }

    @Test
    void repairsBlobsRemovedByUmoci() {
        OtherTools.umoci("gc", "--layout", mirror.resolve("docker").toString());
        assertThat(blob()).as("umoci does not read Docker's manifests").doesNotExist();

        assertRepairedBy("sync");
        assertInSync();
    }

    @ParameterizedTest
    @CsvSource({"--check-destination, 1", "--force, 2"})
    void replacesChangedLayerOfRightSize(String flag, int copied) throws IOException {
        byte[] changed = Files.readAllBytes(blob());
        changed[0] ^= 1;
        Files.write(blob(), changed);
        assertThat(run("sync").out()).containsPattern("copied +0\n");
        assertThat(compare().exitCode()).isEqualTo(4);

        InProcess.Result result = run("sync", flag);

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out()).containsPattern("copied +" + copied + " ");
        assertInSync();
    }

    @Test
    void repairsLayoutWithoutMarker() throws IOException {
        Path marker = mirror.resolve("docker/oci-layout");
        Files.delete(marker);

        assertDamaged("docker:1", marker + " is missing");
        assertRepairedBy("sync");
        assertThat(marker).exists();
        assertInSync();
    }

    @Test
    void forgetsDamagedImageThatSourceLostToo() throws IOException {
        Files.delete(blob());
        source.delete("ns/docker", "1");

        InProcess.Result result = run("sync");

        assertThat(result.out()).containsPattern("lost +1 ");
        assertThat(workplace.metadata().digests()).containsOnlyKeys("many:1");
    }

    private void assertDamaged(String image, String reason) {
        InProcess.Result compared = compare();
        assertThat(compared.exitCode()).as("%s", compared).isEqualTo(4);
        assertThat(compared.out())
                .containsPattern("damaged +1\n")
                .contains(image)
                .contains(reason);
        assertThat(run("test").out())
                .containsPattern("copy  " + image + " -> \\S+/" + image + "  \\(damaged at the destination\\)\n");
        assertThat(run("monitor", "--count=1").out()).contains("2 images at the source, 1 waiting");
    }

    private void assertRepairedBy(String command) {
        InProcess.Result result = run(command);
        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(result.out()).containsPattern("copied +1 ").containsPattern("up to date +1\n");
    }

    private void assertInSync() {
        InProcess.Result compared = compare();
        assertThat(compared.exitCode()).as("%s", compared).isZero();
        assertThat(compared.out()).containsPattern("same +2\n");
        OtherTools.copy("oci:" + mirror.resolve("docker") + ":@0", "dir:" + folder.resolve("copied"));
    }

    private Path blob() {
        return mirror.resolve("docker/blobs").resolve(layer.digest().replace(':', '/'));
    }

    private InProcess.Result compare() {
        return run("compare", "--output=" + folder.resolve("same.json"));
    }

    private InProcess.Result run(String command, String... flags) {
        List<String> arguments = new ArrayList<>(List.of(
                command,
                "--source=" + source.host(),
                "--destination=oci:" + mirror,
                "--namespace=ns",
                "--metadata=" + folder.resolve("metadata")));
        arguments.addAll(List.of(flags));
        return workplace.run(arguments.toArray(String[]::new));
    }
}
