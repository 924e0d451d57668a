package io.github.gcrsync.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.commands.Workplace;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example files with several mirrors do what they say; only their hosts are replaced by local ones. */
final class MirrorExamplesRunTest {
    private final TestRegistry source = TestRegistry.builder().start();
    private final TestRegistry destination = TestRegistry.builder().start();
    private int seed;

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        source.close();
        destination.close();
    }

    private void offer(String repository, String... tags) {
        for (String tag : tags) {
            source.put(repository, tag, SampleImages.oci(++seed));
        }
    }

    /** Runs the example twice; the second run must send nothing to the destination. */
    private Result sync(String example, String sourceHost, String destinationHost) throws IOException {
        Path metadata = folder.resolve("metadata");
        String text = ProjectFiles.text(ProjectFiles.ROOT.resolve("examples/mirrors/" + example));
        String local = text.replaceAll("(?m)^(?:metadata|githubrepo): .*$", "metadata: " + metadata)
                .replace("source: " + sourceHost, "source: " + source.host())
                .replace("destination: " + destinationHost, "destination: " + destination.host());
        String file = "--config=" + Files.writeString(folder.resolve(example), local);
        Workplace workplace = new Workplace(folder);
        Result first = workplace.run("sync", file);
        destination.log().clear();
        Result second = workplace.run("sync", file);
        assertThat(second.exitCode()).as("%s", second).isEqualTo(first.exitCode());
        assertThat(destination.log().count()).isZero();
        return first;
    }

    @Test
    void mirrorsNamespaceOfOriginal() throws IOException {
        offer("google-containers/pause", "3.1", "3.2", "latest", "1.0-beta", "12345678901234");
        offer("google-containers/pause-arm", "3.1");

        Result result = sync("google-containers.yaml", "gcr.io", "docker.io");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(destination.repositories()).containsExactly("you/pause");
        assertThat(destination.tags("you/pause")).containsExactlyInAnyOrder("3.1", "3.2");
    }

    @Test
    void mirrorsTenImagesOfDockerHubByVersion() throws IOException {
        offer(
                "library/nginx",
                "1.25.5",
                "1.26.3",
                "1.27.5",
                "1.28.0",
                "1.28.0-alpine",
                "1.28.0-perl",
                "1.28",
                "stable");
        offer("library/redis", "7.0.1", "7.2.4", "7.2.5", "7.4.2", "8.0.1", "8.0.1-alpine", "8.0-rc1");
        offer("library/postgres", "14.1", "16.8", "16.9", "17.5", "17.5-alpine", "16.9-alpine", "16.8-alpine");
        offer("library/python", "3.12.9-slim", "3.13.3-slim", "3.13.4-slim", "3.13.4", "3.11.1-slim");
        offer("library/golang", "1.23.9", "1.24.3", "1.24.2", "1.24.3-windowsservercore-ltsc2025");
        offer("library/node", "20.1.0-alpine", "22.16.0-alpine", "24.1.0-alpine", "23.0.0-alpine");
        offer("library/traefik", "v2.11.0", "v3.3.0", "v3.4.0", "v3.4.1-rc1");
        offer("library/alpine", "3.20", "3.21");
        offer("library/busybox", "1.36.1", "1.37.0");
        offer("grafana/grafana", "10.4.0", "11.6.0", "12.0.1");

        Result result = sync("docker-hub.yaml", "docker.io", "harbor.example.com");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(destination.tags("mirror/library/nginx"))
                .containsExactlyInAnyOrder("1.27.5", "1.28.0", "1.28.0-alpine", "stable");
        assertThat(destination.tags("mirror/library/redis"))
                .containsExactlyInAnyOrder("7.0.1", "7.2.4", "7.2.5", "7.4.2", "8.0.1", "8.0.1-alpine");
        assertThat(destination.tags("mirror/library/postgres")).containsExactlyInAnyOrder("17.5-alpine", "16.9-alpine");
        assertThat(destination.tags("mirror/library/python")).containsExactlyInAnyOrder("3.13.3-slim", "3.13.4-slim");
        assertThat(destination.tags("mirror/library/golang")).containsExactlyInAnyOrder("1.24.3", "1.24.2");
        assertThat(destination.tags("mirror/library/node")).containsExactly("24.1.0-alpine");
        assertThat(destination.tags("mirror/library/traefik")).containsExactlyInAnyOrder("v3.3.0", "v3.4.0");
        assertThat(destination.tags("mirror/library/alpine")).containsExactly("3.20");
        assertThat(destination.tags("mirror/library/busybox")).containsExactly("1.36.1");
        assertThat(destination.tags("mirror/grafana/grafana")).containsExactlyInAnyOrder("11.6.0", "12.0.1");
        assertThat(source.log().count("GET", "/v2/_catalog")).isZero();
    }

    @Test
    void mirrorsRepositoriesOfTeamByPattern() throws IOException {
        offer("team/api", "v1.0.0", "v1.1.0", "v1.2.0", "v1.3.0", "v1.4.0", "v1.5.0", "v1.5.0-debug");
        offer("team/worker-mail", "v2.0.0");
        offer("team/worker-mail-dev", "v2.0.0");
        offer("team/docs", "v1.0.0");

        Result result = sync("team.yaml", "quay.io", "mirror.example.com");

        assertThat(result.exitCode()).as("%s", result).isZero();
        assertThat(destination.repositories()).containsExactly("team/api", "team/worker-mail");
        assertThat(destination.tags("team/api"))
                .containsExactlyInAnyOrder("v1.1.0", "v1.2.0", "v1.3.0", "v1.4.0", "v1.5.0");
    }
}
