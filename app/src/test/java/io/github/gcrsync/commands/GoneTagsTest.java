package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A tag that the source lists although its manifest was deleted, as docker-registry does. */
final class GoneTagsTest extends OnStage {
    @Override
    protected Stage open() {
        return new Stage(folder, TestRegistry.builder(), TestRegistry.builder());
    }

    @BeforeEach
    void start() {
        stage.offer("a:1", 1);
        stage.offer("a:2", 2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void reportsGoneTagInEveryCommand(boolean mirroredBefore) throws IOException {
        if (mirroredBefore) {
            assertThat(stage.run("sync").exitCode()).isZero();
        }
        for (String method : new String[] {"GET", "HEAD"}) {
            stage.source()
                    .fault(Fault.on(method, "/v2/ns/a/manifests/2").status(404).always());
        }
        Path json = folder.resolve("report.json");
        Path page = folder.resolve("report.html");

        Result compared = stage.run("compare", "--output=" + folder.resolve("same.json"));
        Result tested = stage.run("test");
        Result monitored = stage.run("monitor", "--count=1");
        Result synced = stage.run("sync", "--report=" + json, "--report=" + page);

        assertThat(compared.exitCode()).as("%s", compared).isEqualTo(4);
        assertThat(compared.out()).containsPattern("gone +1\n").containsPattern("gone +a:2 ");
        assertThat(tested.exitCode()).as("%s", tested).isZero();
        assertThat(tested.out()).contains("  gone  a:2  (listed by the source, but deleted there)\n");
        assertThat(monitored.out()).contains("2 images at the source, ").contains(", 1 listed but deleted");
        assertThat(synced.exitCode()).as("%s", synced).isZero();
        assertThat(synced.out()).containsPattern("gone +1 +listed by the source, but deleted there\n +a:2\n");
        assertThat(Files.readString(json)).contains("\"gone\":1").contains("\"gone\":[\"a:2\"]");
        assertThat(Files.readString(page)).contains("gone at the source</td><td>a:2");
    }

    @Test
    void reportsUnreadableTagAsFailure() {
        stage.source().fault(Fault.on("GET", "/v2/ns/a/manifests/2").status(403).always());

        Result result = stage.run("sync");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out()).containsPattern("failed +1\n").doesNotContain("gone ");
    }
}
