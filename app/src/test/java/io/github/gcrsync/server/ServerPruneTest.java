package io.github.gcrsync.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.RunningServer;
import io.github.gcrsync.commands.Waiting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server deletes what its mirrors no longer need. */
final class ServerPruneTest {
    @TempDir
    private Path folder;

    @Test
    void prunesAfterCompleteRuns() throws Exception {
        try (ServerStage stage = new ServerStage(folder)) {
            stage.stage().offer("app:1", 1);
            stage.stage().offer("app:2", 2);
            stage.mirrors(
                    "{name: a, schedule: every 1h, prune: {apply: true, after: 10d, at-most: 50%}}",
                    "{name: b, schedule: every 1h, prune: {after: 0s, at-most: 100%}}");
            RunningServer server = stage.start();
            stage.awaitRuns(server, "a", 1);
            stage.awaitRuns(server, "b", 1);
            stage.stage().source().delete("ns/app", "1");
            stage.clock().advance(Duration.ofHours(2));
            stage.awaitRuns(server, "a", 2);
            stage.awaitRuns(server, "b", 2);
            assertThat(stage.stage().destination().tags("a/app")).containsExactly("1", "2");

            stage.clock().advance(Duration.ofDays(11));
            stage.awaitRuns(server, "a", 3);
            stage.awaitRuns(server, "b", 3);

            assertThat(stage.stage().destination().tags("a/app")).containsExactly("2");
            assertThat(stage.stage().destination().tags("b/app")).containsExactly("1", "2");
            Map<?, ?> run = lastRun(stage, server);
            assertThat(run.get("exitCode")).isEqualTo(0L);
            assertThat(String.valueOf(run.get("images"))).contains("pruned=1");
            Waiting.until(
                    "the page",
                    () -> get(stage, server, "/runs/" + run.get("run")).contains("<b>1</b><span>pruned</span>"));
            Waiting.until(
                    "the metric",
                    () -> get(stage, server, "/metrics").contains("gcrsync_pruned_images_total{mirror=\"a\"} 1.0"));
            assertThat(stage.send(server, "GET", "/metrics").body())
                    .contains("gcrsync_images{destination=", "state=\"gone_at_source\"} 1.0");
        }
    }

    @Test
    void saysWhyNothingMayBeDeleted() throws Exception {
        try (ServerStage stage = new ServerStage(folder)) {
            stage.stage().offer("app:1", 1);
            stage.stage().offer("app:2", 2);
            stage.stage().offer("app:3", 3);
            stage.mirrors("{name: a, schedule: every 1h, prune: {apply: true, after: 0s}}");
            RunningServer server = stage.start();
            stage.awaitRuns(server, "a", 1);
            stage.stage().source().delete("ns/app", "1");
            stage.stage().source().delete("ns/app", "2");

            stage.clock().advance(Duration.ofHours(2));
            stage.awaitRuns(server, "a", 2);

            Map<?, ?> run = lastRun(stage, server);
            assertThat(run.get("exitCode")).isEqualTo(4L);
            assertThat(run.get("error"))
                    .isEqualTo(
                            "nothing deleted: 2 of 3 recorded images would be deleted, more than --at-most 10%; check the"
                                    + " list, and raise --at-most if it is right");
            Waiting.until(
                    "the page",
                    () -> get(stage, server, "/runs/" + run.get("run")).contains("nothing deleted: "));
            assertThat(stage.stage().destination().tags("a/app")).containsExactly("1", "2", "3");
        }
    }

    private static Map<?, ?> lastRun(ServerStage stage, RunningServer server) throws InterruptedException {
        return (Map<?, ?>) Objects.requireNonNull(stage.mirror(server, "a").get("lastRun"));
    }

    private static String get(ServerStage stage, RunningServer server, String path) {
        try {
            return stage.send(server, "GET", path).body();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
