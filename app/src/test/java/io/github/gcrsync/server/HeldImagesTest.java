package io.github.gcrsync.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.RunningServer;
import io.github.gcrsync.commands.Waiting;
import io.github.gcrsync.metrics.Samples;
import io.github.gcrsync.testkit.Fault;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server whose destination does not let a tag that moved be overwritten. */
final class HeldImagesTest {
    @TempDir
    private Path folder;

    @Test
    void showsHeldImageLikeFailedOneUnderItsOwnName() throws Exception {
        try (ServerStage stage = new ServerStage(folder)) {
            stage.stage().offer("app:1", 1);
            stage.mirrors("{name: a}");
            RunningServer server = stage.start();
            stage.send(server, "POST", "/api/v1/mirrors/a/run");
            stage.awaitRuns(server, "a", 1);
            stage.stage().offer("app:1", 2);
            stage.stage().offer("app:2", 3);
            stage.stage()
                    .destination()
                    .fault(Fault.on("PUT", "/v2/a/app/manifests/1")
                            .status(
                                    400,
                                    "{\"errors\":[{\"code\":\"TAG_INVALID\",\"message\":\"the tag is immutable\"}]}")
                            .always());

            stage.send(server, "POST", "/api/v1/mirrors/a/run");
            stage.awaitRuns(server, "a", 2);

            Map<?, ?> mirror = stage.mirror(server, "a");
            Map<?, ?> run = (Map<?, ?>) Objects.requireNonNull(mirror.get("lastRun"));
            assertThat(run.get("state")).isEqualTo("incomplete");
            assertThat((Map<?, ?>) run.get("images"))
                    .extracting("copied", "held", "failed", "quarantined")
                    .containsExactly(1L, 1L, 0L, 0L);
            assertThat(mirror.get("failed")).isEqualTo(1L);
            assertThat(String.valueOf(mirror.get("oldestWaiting"))).startsWith("{image=app:1, ");
            assertThat(stage.send(server, "GET", "/runs/" + run.get("run")).body())
                    .contains("<b>1</b><span>held</span>", "cannot be overwritten with");
            String destination = stage.stage().destination().host();
            Waiting.until("the metrics", () -> scrape(stage, server).images("a", destination, "held") == 1);
            assertThat(scrape(stage, server).images("a", destination, "failed")).isZero();
        }
    }

    private static Samples scrape(ServerStage stage, RunningServer server) {
        try {
            return Samples.of(stage.send(server, "GET", "/metrics").body());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void countsHeldImageWhileRunLasts() {
        Progress progress = new Progress();

        progress.add("{\"event\":\"image-failed\",\"image\":\"app:1\",\"cause\":\"Held\"}");
        progress.add("{\"event\":\"image-failed\",\"image\":\"app:2\",\"cause\":\"Denied\"}");

        assertThat(progress.images()).isEqualTo(Map.of("held", 1L, "failed", 1L));
        assertThat(progress.failures()).hasSize(2);
    }
}
