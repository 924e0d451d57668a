package io.github.gcrsync.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.RunningServer;
import io.github.gcrsync.commands.Waiting;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What one process may do, several share. */
@Timeout(120)
final class SharedLimitsTest {
    @TempDir
    private Path folder;

    private static void offer(ClusterStage stage, int repositories, int tags) {
        for (int i = 0; i < repositories; i++) {
            for (int tag = 0; tag < tags; tag++) {
                stage.offer("app-" + i, "v" + tag, SampleImages.oci(10L * i + tag));
            }
        }
    }

    @Test
    void workersOfMirrorHaveEqualPortions() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        try (ClusterStage stage = new ClusterStage(folder);
                Database database = stage.open()) {
            offer(stage, 6, 1);
            stage.source().fault(Fault.on("GET", "/blobs/").delayUntil(open).always());
            RunningServer server = stage.server();
            Portions portions = new Portions();
            DoubleSupplier own = portions.of(ClusterStage.MIRROR);
            assertThat(own.getAsDouble()).isEqualTo(1);
            stage.worker("--processlimit=1");
            stage.run(server.url());
            Waiting.until("one copies", () -> busy(stage) == 1);
            portions.refresh(database);
            assertThat(own.getAsDouble()).isEqualTo(1);

            stage.worker("--processlimit=1");
            stage.worker("--processlimit=1");
            Waiting.until("three copy", () -> busy(stage) == 3);
            portions.refresh(database);

            assertThat(own.getAsDouble()).isEqualTo(1.0 / 3);
            assertThat(portions.of("another mirror").getAsDouble()).isEqualTo(1);
            open.countDown();
            ClusterStage.awaitRuns(server, 1);
            portions.refresh(database);
            assertThat(own.getAsDouble()).isEqualTo(1);
        }
    }

    private static long busy(ClusterStage stage) {
        return stage.database()
                .psql("select distinct picked_by from gcrsync.task where picked")
                .size();
    }

    @Test
    void workersLeaveToNextRunWhatQuotaOfSourceDoesNotAllow() throws Exception {
        try (ClusterStage stage = new ClusterStage(
                folder, TestRegistry.builder().gcrListing(true).pullQuota(7), TestRegistry.builder())) {
            offer(stage, 4, 3);
            stage.worker("--processlimit=1");
            stage.worker("--processlimit=1");
            RunningServer server = stage.server();

            String end = stage.runToEnd(server);

            Map<String, String> copied = stage.stage().metadata().digests();
            assertThat(copied).hasSizeBetween(1, 7);
            assertThat(end).contains("incomplete, " + copied.size() + " copied").doesNotContain(" 0 waiting");
        }
    }
}
