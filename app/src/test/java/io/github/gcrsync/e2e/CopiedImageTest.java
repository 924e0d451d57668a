package io.github.gcrsync.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.commands.Workplace;
import io.github.gcrsync.testkit.DockerRegistry;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that gcrsync copy moves between real registries and layouts are what skopeo and oras expect. */
final class CopiedImageTest {
    @TempDir
    private Path folder;

    private DockerRegistry source;
    private DockerRegistry destination;

    @BeforeEach
    void start() {
        source = DockerRegistry.start(folder.resolve("source"));
        destination = DockerRegistry.start(folder.resolve("destination"));
    }

    @AfterEach
    void close() {
        source.close();
        destination.close();
    }

    private void copy(String from, String... to) {
        List<String> arguments = new ArrayList<>(List.of("copy", from));
        arguments.addAll(List.of(to));
        Result result = new Workplace(folder).run(arguments.toArray(String[]::new));
        assertThat(result.exitCode()).as("%s", result).isZero();
    }

    @Test
    void keepsDigestsOfAllPlatforms() {
        for (SampleImage image : List.of(SampleImages.multiPlatform(1), SampleImages.multiPlatformDocker(2))) {
            source.put("app", "1", image);

            copy(source.host() + "/app:1", destination.host() + "/team/app");

            String copied = "docker://" + destination.host() + "/team/app";
            assertThat(OtherTools.digest(copied + ":1")).isEqualTo(image.digest());
            image.manifests()
                    .keySet()
                    .forEach(digest ->
                            assertThat(OtherTools.digest(copied + "@" + digest)).isEqualTo(digest));
            OtherTools.copy(
                    copied + ":1",
                    "oci:" + folder.resolve("pulled-" + image.digest().substring(7, 15)),
                    "--all");
        }
    }

    @Test
    void writesLayoutForSkopeoAndOras() {
        SampleImage image = SampleImages.multiPlatform(3);
        source.put("app", "1", image);
        Path layout = folder.resolve("layout");

        copy(source.host() + "/app:1", "oci:" + layout, "oci:" + layout + ":2");

        assertThat(OtherTools.digest("oci:" + layout + ":1")).isEqualTo(image.digest());
        assertThat(OtherTools.digest("oci:" + layout + ":2")).isEqualTo(image.digest());
        assertThat(OtherTools.oras(folder, "repo", "tags", "--oci-layout", layout.toString())
                        .lines())
                .contains("1", "2");
    }

    @Test
    void readsLayoutsOfSkopeoWithAndWithoutTag() {
        SampleImage image = SampleImages.multiPlatform(4);
        source.put("app", "1", image);
        String from = "docker://" + source.host() + "/app:1";
        String untagged = "oci:" + folder.resolve("untagged");
        OtherTools.copy(from, untagged, "--all");
        String tagged = "oci:" + folder.resolve("tagged") + ":v1";
        OtherTools.copy(from, tagged, "--all");

        copy(untagged, destination.host() + "/a:1");
        copy(tagged, destination.host() + "/b");

        assertThat(OtherTools.digest("docker://" + destination.host() + "/a:1")).isEqualTo(image.digest());
        assertThat(OtherTools.digest("docker://" + destination.host() + "/b:v1"))
                .isEqualTo(image.digest());
    }

    @Test
    void copiesArtifactOfOras() throws Exception {
        Files.writeString(folder.resolve("report.txt"), "all is well");
        OtherTools.oras(
                folder,
                "push",
                "--plain-http",
                "--artifact-type=application/vnd.example.report",
                source.host() + "/report:1",
                "report.txt");

        copy(source.host() + "/report:1", destination.host() + "/report", "oci:" + folder.resolve("reports"));

        Path pulled = Files.createDirectories(folder.resolve("pulled"));
        OtherTools.oras(pulled, "pull", "--plain-http", destination.host() + "/report:1");
        assertThat(pulled.resolve("report.txt")).hasContent("all is well");
        OtherTools.oras(pulled, "pull", "--oci-layout", folder.resolve("reports") + ":1");
    }

    @Test
    void copiesWithinOneRegistry() {
        SampleImage image = SampleImages.multiPlatform(5);
        source.put("app", "1", image);

        copy(source.host() + "/app:1", source.host() + "/app:stable", source.host() + "/released/app");

        assertThat(OtherTools.digest("docker://" + source.host() + "/app:stable"))
                .isEqualTo(image.digest());
        assertThat(OtherTools.digest("docker://" + source.host() + "/released/app:1"))
                .isEqualTo(image.digest());
    }
}
