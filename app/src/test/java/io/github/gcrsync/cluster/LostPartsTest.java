package io.github.gcrsync.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.RunningServer;
import io.github.gcrsync.commands.ChildCommand;
import io.github.gcrsync.commands.Stage;
import io.github.gcrsync.commands.Waiting;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.Relay;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.SampleLayer;
import io.github.gcrsync.testkit.TestRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A worker, the server, the database or the network between them is gone for a while. */
@Timeout(300)
final class LostPartsTest {
    private static final int LAYER = 60_000;
    private static final int AT_A_TIME = 3;
    private static final SampleLayer BASE = SampleImages.bigLayer(1, 500_000);
    /** Long enough for a worker to be declared dead; -Dgcrsync.partition.seconds=60 makes it a minute. */
    private static final Duration PARTITION = Duration.ofSeconds(Integer.getInteger("gcrsync.partition.seconds", 4));

    @TempDir
    private Path folder;

    private ClusterStage stage;
    private int offered;

    @BeforeEach
    void open() {
        stage = new ClusterStage(folder);
        offer(10, 2);
    }

    @AfterEach
    void close() {
        stage.close();
    }

    /** Offers new images in repositories, some of which have others already. */
    private void offer(int repositories, int tags) {
        for (int i = 0; i < repositories; i++) {
            for (int tag = 0; tag < tags; tag++) {
                offered++;
                stage.offer(
                        "app-%02d".formatted(i),
                        "1." + offered,
                        SampleImages.oci("linux/amd64", BASE, SampleImages.bigLayer(1000 + offered, LAYER)));
            }
        }
    }

    private void slowDown() {
        stage.source().fault(Fault.on("GET", "/blobs/").throttle(300_000).always());
    }

    private ChildCommand worker() throws InterruptedException {
        return stage.worker("--processlimit=" + AT_A_TIME);
    }

    /** What one worker has in flight is read again by another one. */
    private void assertOnlyWhatWasInFlightIsReadAgain() {
        assertThat(stage.reads().bytes() - stage.uniqueBytes())
                .as("bytes read twice")
                .isLessThanOrEqualTo(500_000 + 2L * AT_A_TIME * (LAYER + 1000));
    }

    @Test
    void workerIsKilledAtTenPoints() throws Exception {
        Random random = new Random(7);
        slowDown();
        RunningServer server = stage.server();
        ChildCommand other = worker();
        for (int round = 1; round <= 10; round++) {
            ChildCommand victim = worker();
            int reads = random.nextInt(4 * offered / round);
            int before = stage.source().log().count();
            stage.run(server.url());
            victim.killOnce(() -> stage.source().log().count() - before > reads
                    || server.err()
                                    .lines()
                                    .filter(line -> line.contains(" ended"))
                                    .count()
                            >= 1000);
            String end = ClusterStage.awaitRuns(server, round);

            assertThat(end).as("round %s of seed 7", round).contains("done, ").contains(" 0 failed");
            stage.assertComplete();
            assertThat(stage.database().psql("select 1 from gcrsync.task")).isEmpty();
            assertOnlyWhatWasInFlightIsReadAgain();
            assertThat(other.handle().isAlive()).isTrue();
            stage.source().log().clear();
            offer(6, 2);
        }
    }

    @Test
    void databaseRestarts() throws Exception {
        slowDown();
        RunningServer server = stage.server();
        worker();
        worker();
        stage.run(server.url());
        Waiting.until("reading", () -> stage.reads().blobs() > 3);

        stage.database().kill();
        TimeUnit.SECONDS.sleep(PARTITION.toSeconds());
        stage.database().start();

        assertThat(ClusterStage.awaitRuns(server, 1)).contains("done, 20 copied, 0 failed");
        stage.assertComplete();
        assertThat(stage.runToEnd(server)).contains("done, 0 copied");
    }

    @Test
    void workerIsCutOffAndComesBack() throws Exception {
        slowDown();
        RunningServer server = stage.server();
        try (Relay toDatabase = Relay.to(stage.database().host());
                Relay toSource = Relay.to(stage.source().host());
                Relay toDestination = Relay.to(stage.stage().destination().host())) {
            stage.writeAs(
                    "behind.yaml", ClusterStage.MIRROR, toSource.host(), toDestination.host() + "/" + Stage.MIRROR);
            ChildCommand behind = stage.workerOf("behind.yaml", toDatabase.host(), "--processlimit=" + AT_A_TIME);
            stage.run(server.url());
            Waiting.until("reading", () -> stage.reads().blobs() > 3);

            toDatabase.cut();
            toSource.cut();
            toDestination.cut();
            ChildCommand other = worker();
            TimeUnit.SECONDS.sleep(PARTITION.toSeconds());
            toDatabase.mend();
            toSource.mend();
            toDestination.mend();

            assertThat(ClusterStage.awaitRuns(server, 1)).contains("done, 20 copied, 0 failed");
            stage.assertComplete();
            assertOnlyWhatWasInFlightIsReadAgain();
            assertThat(behind.handle().isAlive()).isTrue();
            other.kill();
            offer(3, 1);
            assertThat(stage.runToEnd(server)).contains("done, 3 copied, 0 failed");
            stage.assertComplete();
        }
    }

    @Test
    void serverIsKilledAndItsSuccessorRecordsWhatWorkersCopied() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        stage.source()
                .fault(Fault.on("GET", "/blobs/").skip(12).delayUntil(open).always());
        worker();
        ChildCommand first = stage.serverProcess("--checkpoint=1000,1h");
        stage.run(first.err().replaceFirst("(?s).*listening on (\\S+).*", "$1"));
        Waiting.until(
                "some results",
                () -> !stage.database().psql("select 1 from gcrsync.result").isEmpty());

        first.kill();
        open.countDown();
        Waiting.until(
                "the workers go on",
                () -> stage.database().psql("select 1 from gcrsync.task").isEmpty());
        stage.source().log().clear();
        RunningServer server = stage.server();

        assertThat(stage.runToEnd(server)).contains("done, 0 copied, 0 failed");

        stage.assertComplete();
        assertThat(stage.reads().blobs()).as("nothing is copied again").isZero();
        assertThat(stage.database().psql("select 1 from gcrsync.result")).isEmpty();
    }

    @Test
    void databaseIsDropped() throws Exception {
        slowDown();
        RunningServer server = stage.server();
        worker();
        stage.run(server.url());
        Waiting.until("reading", () -> stage.reads().blobs() > 3);

        stage.database().psql("drop schema gcrsync cascade");

        ClusterStage.awaitRuns(server, 1);
        assertThat(server.err()).doesNotContain("internal error");
        assertThat(stage.runToEnd(server)).contains("done, ").contains(" 0 failed");
        stage.assertComplete();
    }

    @Test
    void twoServersHaveTheSameMirror() throws Exception {
        RunningServer server = stage.server();
        worker();
        stage.database()
                .psql("insert into gcrsync.dispatch (mirror, run, seen) values ('" + ClusterStage.MIRROR
                        + "', 'other', now() + interval '1 hour')");

        String end = stage.runToEnd(server);

        assertThat(end).contains("another server runs this mirror at the moment");
        assertThat(stage.reads().blobs()).isZero();
        stage.database().psql("delete from gcrsync.dispatch");
        assertThat(stage.runToEnd(server)).contains("done, 20 copied");
    }

    @Test
    void registryIsAwayForOneWorkerOnly() throws Exception {
        RunningServer server = stage.server();
        String nobody = "127.0.0.1:1";
        stage.writeAs(
                "lost.yaml",
                ClusterStage.MIRROR,
                nobody,
                stage.stage().destination().host() + "/" + Stage.MIRROR);
        ChildCommand lost = stage.workerOf("lost.yaml", stage.database().host());
        stage.run(server.url());
        Waiting.until("tried", () -> lost.err().contains("app-"));
        worker();

        assertThat(ClusterStage.awaitRuns(server, 1)).contains("done, 20 copied, 0 failed");
        stage.assertComplete();
    }

    @Test
    void oneOfSeveralDestinationsIsAway() throws Exception {
        RunningServer server;
        try (TestRegistry lost = TestRegistry.start()) {
            stage.write(stage.stage().destination().host() + "/" + Stage.MIRROR, lost.host() + "/mirror");
            server = stage.server();
            stage.run(server.url());
            Waiting.until(
                    "planned",
                    () -> !stage.database().psql("select 1 from gcrsync.task").isEmpty());
        }
        worker();

        assertThat(ClusterStage.awaitRuns(server, 1)).contains("the destination is unreachable");

        stage.assertComplete();
        assertThat(stage.database().psql("select 1 from gcrsync.task")).isEmpty();
    }

    @Test
    void allWorkersAreKilledAndRunIsStopped() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        stage.source().fault(Fault.on("GET", "/blobs/").delayUntil(open).always());
        ChildCommand only = worker();
        RunningServer server = stage.server();
        stage.run(server.url());
        Waiting.until("reading", () -> stage.reads().blobs() > 0);

        only.kill();
        open.countDown();
        stage.send("POST", server.url() + "/api/v1/mirrors/" + ClusterStage.MIRROR + "/stop");

        assertThat(ClusterStage.awaitRuns(server, 1)).contains("stopped");
        assertThat(stage.database().psql("select 1 from gcrsync.task")).isEmpty();
    }

    @Test
    void serverThatWorksIsStopped() throws Exception {
        slowDown();
        ChildCommand server = stage.serverProcess("--work", "--processlimit=1");
        stage.run(server.err().replaceFirst("(?s).*listening on (\\S+).*", "$1"));
        Waiting.until("reading", () -> stage.reads().blobs() > 3);

        server.signal("TERM");

        assertThat(server.await().exitCode()).isEqualTo(143);
        assertThat(stage.database().psql("select 1 from gcrsync.task")).isEmpty();
        assertThat(stage.database().psql("select 1 from gcrsync.dispatch")).isEmpty();
        assertThat(stage.stage().metadata().digests())
                .as("copied images are recorded")
                .isNotEmpty();
    }

    @Test
    void mirrorBelongsToAnotherRunNow() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        stage.source().fault(Fault.on("GET", "/blobs/").delayUntil(open).always());
        worker();
        ChildCommand first = stage.serverProcess();
        stage.run(first.err().replaceFirst("(?s).*listening on (\\S+).*", "$1"));
        Waiting.until("reading", () -> stage.reads().blobs() > 0);
        first.kill();

        RunningServer server = stage.server();
        stage.run(server.url());
        Waiting.until(
                "waits until the worker has ended the tasks of the first run",
                () -> stage.database()
                                .psql("select 1 from gcrsync.dispatch where seen > now() - interval '1 second'")
                                .size()
                        == 1);
        open.countDown();

        assertThat(ClusterStage.awaitRuns(server, 1)).contains("done, ").contains(" 0 failed");
        stage.assertComplete();
    }

    @Test
    void oneWorkerHasNoLogin() throws Exception {
        try (TestRegistry locked =
                TestRegistry.builder().basicAuth("somebody", "a password").start()) {
            stage.writeAs("none.yaml", ClusterStage.MIRROR, stage.source().host(), locked.host() + "/" + Stage.MIRROR);
            CountDownLatch open = new CountDownLatch(1);
            stage.source().fault(Fault.on("GET", "/blobs/").delayUntil(open).always());
            worker();
            ChildCommand without = stage.patientWorkerOf("none.yaml");
            RunningServer server = stage.server();
            stage.run(server.url());
            Waiting.until("tried", () -> without.err().contains("ns/app-"));
            open.countDown();

            assertThat(ClusterStage.awaitRuns(server, 1)).contains("done, 20 copied, 0 failed");
            stage.assertComplete();
        }
    }
}
