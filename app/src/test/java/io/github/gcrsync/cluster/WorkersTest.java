package io.github.gcrsync.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.cli.RunningServer;
import io.github.gcrsync.commands.ChildCommand;
import io.github.gcrsync.commands.Stage;
import io.github.gcrsync.commands.Waiting;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.SampleLayer;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server plans, and workers copy. */
@Timeout(180)
final class WorkersTest {
    private static final SampleLayer BASE = SampleImages.bigLayer(1, 1 << 20);
    private static final SampleLayer RUNTIME = SampleImages.bigLayer(2, 300_000);
    private static final int REPOSITORIES = 12;
    private static final int IMAGES = 2 * REPOSITORIES;

    @TempDir
    private Path folder;

    private ClusterStage stage;

    @BeforeEach
    void open() {
        stage = new ClusterStage(folder);
        for (int i = 0; i < IMAGES; i++) {
            stage.offer("app-%02d".formatted(i / 2), "1." + i % 2, image(i));
        }
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private static SampleImage image(int seed) {
        return SampleImages.oci("linux/amd64", BASE, RUNTIME, SampleImages.bigLayer(100 + seed, 40_000));
    }

    @Test
    void copyEverythingAndReadEachBlobOnce() throws Exception {
        for (int i = 0; i < 3; i++) {
            stage.worker();
        }
        RunningServer server = stage.server();

        String end = stage.runToEnd(server);

        assertThat(end).contains("done, " + IMAGES + " copied, 0 failed");
        stage.assertComplete();
        assertThat(stage.reads().times()).allMatch(reads -> reads == 1);
        assertThat(stage.reads().bytes()).isEqualTo(stage.uniqueBytes());

        stage.source().log().clear();
        stage.stage().destination().log().clear();
        assertThat(stage.runToEnd(server)).contains("done, 0 copied");
        assertThat(stage.reads().blobs()).isZero();
        assertThat(stage.stage().destination().log().count()).isZero();
    }

    @Test
    void doTheWorkOfServerThatCopiesNothing() throws Exception {
        RunningServer server = stage.server();
        stage.run(server.url());
        Waiting.until(
                "queued",
                () -> !stage.database()
                        .psql("select 1 from gcrsync.task where not picked")
                        .isEmpty());
        assertThat(stage.reads().blobs()).isZero();

        stage.worker("--processlimit=3");

        ClusterStage.awaitRuns(server, 1);
        stage.assertComplete();
    }

    /** PostgreSQL may choose such a plan once it knows that the table has few rows. */
    @Test
    void takeFewTasksWhateverThePlanOfTheirQuery() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        stage.source().fault(Fault.on("GET", "/blobs/").delayUntil(open).always());
        RunningServer server = stage.server();
        stage.database()
                .psql("insert into gcrsync.task (task_name, task_instance, execution_time, picked, version)"
                        + " values ('none', 'of any run', now() + interval '1 day', false, 1)");
        stage.database().psql("analyze gcrsync.task");
        stage.run(server.url());
        Waiting.until("queued", () -> picked("not picked") == REPOSITORIES);
        stage.worker();
        Waiting.until("reading", () -> stage.reads().blobs() > 0);

        assertThat(picked("picked")).isBetween(1, RunTasks.AT_ONCE);

        open.countDown();
        ClusterStage.awaitRuns(server, 1);
        stage.assertComplete();
    }

    private int picked(String which) {
        return stage.database()
                .psql("select 1 from gcrsync.task where " + which)
                .size();
    }

    @Test
    void areNotNeededByServerThatWorks() throws Exception {
        RunningServer server = stage.server("--work");

        assertThat(stage.runToEnd(server)).contains("done, " + IMAGES + " copied");

        stage.assertComplete();
        assertThat(stage.reads().times()).allMatch(reads -> reads == 1);
    }

    @Test
    void fillSeveralDestinationsByOneRead() throws Exception {
        stage.write(
                stage.stage().destination().host() + "/" + Stage.MIRROR,
                "oci:" + folder.resolve("shared"),
                stage.stage().destination().host() + "/second");
        stage.worker();
        stage.worker();
        RunningServer server = stage.server();

        assertThat(stage.runToEnd(server)).contains("done, " + 3 * IMAGES + " copied");

        stage.assertComplete();
        assertThat(folder.resolve("shared/app-00/index.json")).exists();
        assertThat(stage.stage().destination().tags("second/app-11")).containsExactly("1.0", "1.1");
        assertThat(stage.reads().times()).allMatch(reads -> reads == 1);
    }

    @Test
    void tellServerWhatFailedAndWhatCameAlong() throws Exception {
        SampleImage signed = image(0);
        stage.source().put("ns/app-00", SampleImages.cosignTag(signed), SampleImages.signature(7, signed));
        String lost = SampleImages.bigLayer(100 + 5, 40_000).digest();
        stage.source().deleteBlob("ns/app-02", lost);
        stage.worker();
        RunningServer server = stage.server();

        assertThat(stage.runToEnd(server)).contains("incomplete, " + (IMAGES - 1) + " copied, 1 failed");

        String runs = stage.send("GET", server.url() + "/api/v1/runs").body();
        String id = runs.replaceFirst("(?s).*?\"run\":\"([^\"]+)\".*", "$1");
        assertThat(stage.send("GET", server.url() + "/api/v1/runs/" + id).body())
                .contains("app-02:1.1", lost)
                .doesNotContain("internal error");
        assertThat(stage.stage().mirrored("app-00:" + SampleImages.cosignTag(signed)))
                .isNotEmpty();
        assertThat(stage.stage().metadata().file("ImageDigests")).containsPattern("app-00:1.0 .* refs=1:");
        // Signed later: the digest is mirrored already.
        SampleImage later = image(2);
        stage.source().put("ns/app-01", SampleImages.cosignTag(later), SampleImages.signature(8, later));

        assertThat(stage.runToEnd(server)).contains("0 copied, 1 failed");

        assertThat(stage.stage().mirrored("app-01:" + SampleImages.cosignTag(later)))
                .isNotEmpty();
        assertThat(stage.stage().metadata().file("ImageDigests")).containsPattern("app-01:1.0 .* refs=1:");
    }

    @Test
    void leaveTheRestToOthersWhenStopped() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        stage.source().fault(Fault.on("GET", "/blobs/").delayUntil(open).always());
        ChildCommand first = stage.worker("--processlimit=2");
        RunningServer server = stage.server();
        stage.run(server.url());
        Waiting.until("reading", () -> stage.reads().blobs() > 0);

        first.signal("TERM");
        first.until("stopping", () -> first.err().contains("stopping after the blobs in flight"));
        open.countDown();
        Result ended = first.await();
        stage.worker();
        ClusterStage.awaitRuns(server, 1);

        assertThat(ended.exitCode()).isEqualTo(143);
        stage.assertComplete();
        assertThat(stage.database().psql("select name from gcrsync.worker")).hasSize(1);
    }

    @Test
    void stopWithTheRun() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        stage.source().fault(Fault.on("GET", "/blobs/").delayUntil(open).always());
        ChildCommand worker = stage.worker("--processlimit=2");
        RunningServer server = stage.server();
        stage.run(server.url());
        Waiting.until("reading", () -> stage.reads().blobs() > 0);

        stage.send("POST", server.url() + "/api/v1/mirrors/" + ClusterStage.MIRROR + "/stop");
        Waiting.until(
                "no task waits",
                () -> stage.database()
                        .psql("select 1 from gcrsync.task where not picked")
                        .isEmpty());
        open.countDown();

        assertThat(ClusterStage.awaitRuns(server, 1)).contains("stopped");
        assertThat(stage.database().psql("select 1 from gcrsync.task")).isEmpty();
        assertThat(worker.handle().isAlive()).isTrue();
        assertThat(stage.runToEnd(server)).contains("done");
        stage.assertComplete();
    }

    @Test
    void sayThatTheirFileLacksTheMirror() throws Exception {
        stage.writeAs(
                "other.yaml",
                "other",
                stage.source().host(),
                stage.stage().destination().host() + "/x");
        ChildCommand wrong = stage.workerOf("other.yaml", stage.database().host());
        RunningServer server = stage.server();

        String end = stage.runToEnd(server);

        assertThat(end).contains("other.yaml has no mirror " + ClusterStage.MIRROR);
        assertThat(wrong.err())
                .contains("other.yaml has no mirror " + ClusterStage.MIRROR
                        + "; give each worker the server's gcrsync.yaml");
        stage.writeAs(
                "other.yaml",
                ClusterStage.MIRROR,
                stage.source().host(),
                stage.stage().destination().host() + "/" + Stage.MIRROR);
        assertThat(stage.runToEnd(server)).contains("done, " + IMAGES + " copied");
    }
}
