package io.github.gcrsync.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.cli.RunningServer;
import io.github.gcrsync.commands.MetadataFiles;
import io.github.gcrsync.testkit.DockerRegistry;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.SampleLayer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three workers between real registries. */
@Timeout(120)
final class WorkersBetweenRegistriesTest {
    private static final SampleLayer BASE = SampleImages.layer(1, 40);

    @TempDir
    private Path folder;

    @Test
    void copyFromFolderThatServerListed() throws Exception {
        SampleImage image = SampleImages.multiPlatform(1);
        try (ClusterStage stage = new ClusterStage(folder)) {
            stage.source().put("ns/app", "v1", image);
            String filled = "oci:" + folder.resolve("images/ns/app");
            InProcess.run(
                    stage.stage().environment(), List.of("copy", stage.source().host() + "/ns/app:v1", filled));
            String to = stage.stage().destination().host() + "/loaded";
            stage.writeAs("gcrsync.yaml", ClusterStage.MIRROR, "oci:" + folder.resolve("images"), to);
            stage.worker();
            RunningServer server = stage.server();

            assertThat(stage.runToEnd(server)).contains("done, 1 copied, 0 failed");

            assertThat(stage.stage().destination().manifestDigest("loaded/app", "v1"))
                    .isEqualTo(image.digest());
        }
    }

    @Test
    void copyEachImageOnceAndReadEachBlobOnce() throws Exception {
        Map<String, SampleImage> images = new TreeMap<>();
        for (int i = 0; i < 12; i++) {
            images.put(
                    "team-" + i % 3 + "/app-" + i,
                    SampleImages.index(
                            SampleImages.oci("linux/amd64", BASE, SampleImages.layer(100 + i, 3)),
                            SampleImages.oci("linux/arm64", BASE, SampleImages.layer(200 + i, 3))));
        }
        try (DockerRegistry source = DockerRegistry.start(folder.resolve("source"));
                DockerRegistry destination = DockerRegistry.start(folder.resolve("destination"));
                ClusterStage stage = new ClusterStage(folder)) {
            images.forEach((name, image) -> source.put("ns/" + name, "v1", image));
            stage.writeAs("gcrsync.yaml", ClusterStage.MIRROR, source.host(), destination.host() + "/mirror");
            for (int i = 0; i < 3; i++) {
                stage.worker();
            }
            RunningServer server = stage.server();

            assertThat(stage.runToEnd(server)).contains("done, 12 copied, 0 failed");

            images.forEach((name, image) -> {
                assertThat(destination.requests("PUT /v2/mirror/" + name + "/manifests/v1.*"))
                        .as(name)
                        .isEqualTo(1);
                image.blobs()
                        .keySet()
                        .forEach(blob -> assertThat(source.requests("GET /v2/ns/.*/blobs/" + blob + ".*"))
                                .as(name + " " + blob)
                                .isEqualTo(1));
            });
            MetadataFiles metadata = stage.stage().metadata();
            images.forEach((name, image) -> assertThat(metadata.digests()).containsEntry(name + ":v1", image.digest()));
            metadata.assertSound();
        }
    }
}
