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
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder of OCI image layouts as the destination. */
final class LayoutDestinationTest {
    private final TestRegistry source = TestRegistry.builder().gcrListing(true).start();
    private final SampleLayer base = SampleImages.layer(1, 4);
    private final SampleImage a = SampleImages.oci("linux/amd64", base, SampleImages.layer(2, 2));
    private final SampleImage b = SampleImages.docker("linux/amd64", base, SampleImages.layer(3, 2));
    private final SampleImage many = SampleImages.multiPlatform(7);
    private final SampleImage artifact = SampleImages.artifact(9, "application/vnd.example");

    @TempDir
    private Path folder;

    private Workplace workplace;
    private Path mirror;

    @BeforeEach
    void fill() {
        workplace = new Workplace(folder);
        mirror = folder.resolve("mirror");
        source.put("ns/a", "1", a);
        source.put("ns/a/b", "1", b);
        source.put("ns/many", "1", many);
        source.put("ns/artifact", "1", artifact);
    }

    @AfterEach
    void stop() {
        source.close();
    }

    @Test
    void writesLayoutsThatOtherToolsRead() throws Exception {
        InProcess.Result result = sync();

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(OtherTools.digest("oci:" + mirror.resolve("a") + ":1")).isEqualTo(a.digest());
        // By tag, skopeo 1.18 reads only OCI media types; by position it also reads Docker's.
        assertThat(OtherTools.digest("oci:" + mirror.resolve("a/b") + ":@0")).isEqualTo(b.digest());
        assertThat(oras("a/b")).isEqualTo(b.digest());
        assertThat(OtherTools.digest("oci:" + mirror.resolve("many") + ":1")).isEqualTo(many.digest());
        assertThat(oras("artifact")).isEqualTo(artifact.digest());
        // Copying reads every blob and verifies its digest.
        OtherTools.copy("oci:" + mirror.resolve("many") + ":1", "dir:" + folder.resolve("copied"), "--all");
        OtherTools.copy("oci:" + mirror.resolve("a/b") + ":@0", "dir:" + folder.resolve("copied2"));
    }

    @Test
    void storesEqualBlobsOnce() throws Exception {
        sync();

        Path one = mirror.resolve("a/blobs").resolve(base.digest().replace(':', '/'));
        Path other = mirror.resolve("a/b/blobs").resolve(base.digest().replace(':', '/'));
        assertThat(Files.getAttribute(one, "unix:ino")).isEqualTo(Files.getAttribute(other, "unix:ino"));
        assertThat(source.log().count("GET", "/blobs/" + base.digest())).isEqualTo(1);
    }

    @Test
    void copiesNothingSecondTime() {
        sync();
        source.log().clear();

        InProcess.Result result = sync();

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(source.log().count())
                .as(() -> "five lists, and the referrers of four recent images: " + source.log())
                .isEqualTo(9);
        assertThat(workplace.metadata().commits()).hasSize(1);
        assertThat(result.out()).containsPattern("copied +0\n").containsPattern("up to date +4\n");
    }

    @Test
    void repairsDeletedContentAlthoughRecorded() throws Exception {
        sync();
        delete(mirror.resolve("many"));
        source.log().clear();

        InProcess.Result result = sync();

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(OtherTools.digest("oci:" + mirror.resolve("many") + ":1")).isEqualTo(many.digest());
        assertThat(result.out()).containsPattern("copied +1 ").containsPattern("up to date +3\n");
        assertThat(source.log().count("GET", "/v2/ns/(a|artifact)/(manifests|blobs)/"))
                .isZero();
        assertThat(workplace.metadata().commits()).hasSize(1);
    }

    @Test
    void copiesAndRecordsMovedTag() {
        sync();
        SampleImage moved = SampleImages.oci("linux/amd64", base, SampleImages.layer(99, 2));
        source.put("ns/a", "1", moved);

        InProcess.Result result = sync();

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(OtherTools.digest("oci:" + mirror.resolve("a") + ":1")).isEqualTo(moved.digest());
        assertThat(workplace.metadata().digests()).containsEntry("a:1", moved.digest());
        assertThat(workplace.metadata().commits()).hasSize(2);
    }

    @Test
    void failsOnlyRepositoryNamedLikeLayoutFile() {
        source.put("ns/a/blobs", "1", a);

        InProcess.Result result = sync();

        assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
        assertThat(result.out()).containsPattern("a/blobs:1  destination: .*part of the enclosing image layout");
        assertThat(workplace.metadata().images()).containsExactly("a/b:1", "a:1", "artifact:1", "many:1");
    }

    private String oras(String name) {
        return OtherTools.oras(folder, "resolve", "--oci-layout", mirror.resolve(name) + ":1")
                .strip();
    }

    private InProcess.Result sync() {
        return workplace.sync(source.host(), "oci:" + mirror);
    }

    private static void delete(Path tree) throws IOException {
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
