package io.github.gcrsync.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.cli.RunningServer;
import io.github.gcrsync.commands.Waiting;
import io.github.gcrsync.testkit.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mirrors that a server runs on their schedules, with a clock that the test sets. */
final class ScheduledRunsTest {
    private final CountDownLatch open = new CountDownLatch(1);
    private ServerStage stage;

    @BeforeEach
    void prepare(@TempDir Path folder) {
        stage = new ServerStage(folder);
        stage.stage().offer("app:1", 1);
    }

    @AfterEach
    void close() {
        open.countDown();
        stage.close();
    }

    private String mirrored(String mirror, String tag) {
        return stage.stage().destination().manifestDigest(mirror + "/app", tag);
    }

    @Test
    void runsIntervalAtOnceAndThenWhenDue() throws InterruptedException {
        stage.mirrors("{name: a, schedule: every 1h}");
        RunningServer server = stage.start();
        stage.awaitRuns(server, "a", 1);
        assertThat(mirrored("a", "1")).isNotEmpty();

        assertThat(Instant.parse(stage.mirror(server, "a").get("nextRun") + ""))
                .isBetween(Instant.parse("2026-03-01T11:00:00Z"), Instant.parse("2026-03-01T11:05:00Z"));
        stage.stage().offer("app:2", 2);
        stage.clock().advance(Duration.ofMinutes(66));
        stage.awaitRuns(server, "a", 2);

        assertThat(mirrored("a", "2")).isNotEmpty();
        assertThat(server.stop()).isZero();
    }

    @Test
    void waitsForTimeOfCronInItsZone() throws InterruptedException {
        stage.mirrors(
                "{name: berlin, schedule: 30 12 * * *, zone: Europe/Berlin}",
                "{name: utc, schedule: 30 12 * * *, zone: UTC}");
        RunningServer server = stage.start();

        assertThat(stage.mirror(server, "berlin").get("nextRun")).isEqualTo("2026-03-01T11:30:00Z");
        assertThat(stage.mirror(server, "utc").get("nextRun")).isEqualTo("2026-03-01T12:30:00Z");
        stage.clock().advance(Duration.ofMinutes(95));
        stage.awaitRuns(server, "berlin", 1);

        assertThat(stage.mirror(server, "berlin").get("nextRun")).isEqualTo("2026-03-02T11:30:00Z");
        assertThat(mirrored("berlin", "1")).isNotEmpty();
        assertThat(stage.mirror(server, "utc").get("lastRun")).isNull();
    }

    @Test
    void neverRunsMirrorTwiceAtOnce() throws InterruptedException {
        RunningServer server = startWithRunOfA("--mirrors-at-once=2", "{name: a, schedule: every 10m}", "{name: b}");

        stage.clock().advance(Duration.ofMinutes(12));
        stage.await(server, "a", mirror -> Long.valueOf(1).equals(mirror.get("skippedRuns")));
        assertThat(stage.send(server, "POST", "/api/v1/mirrors/a/run").statusCode())
                .isEqualTo(409);
        assertThat(stage.send(server, "POST", "/api/v1/mirrors/b/run").statusCode())
                .isEqualTo(202);
        stage.awaitRuns(server, "b", 1);
        open.countDown();
        stage.awaitRuns(server, "a", 1);

        assertThat(server.err()).contains("a: a run was due while the last one was still running; it is skipped");
    }

    @Test
    void queuesMirrorsBeyondLimit() throws InterruptedException {
        RunningServer server = startWithRunOfA(
                "--mirrors-at-once=1", "{name: a, schedule: every 10m}", "{name: b, schedule: every 10m}");

        assertThat(stage.mirror(server, "b").get("state")).isEqualTo("queued");
        open.countDown();
        stage.awaitRuns(server, "b", 1);

        assertThat(mirrored("b", "1")).isNotEmpty();
    }

    @Test
    void stopsQueuedRunAtOnce() throws InterruptedException {
        RunningServer server = startWithRunOfA("--mirrors-at-once=1", "{name: a, schedule: every 10m}", "{name: b}");
        stage.send(server, "POST", "/api/v1/mirrors/b/run");

        assertThat(stage.send(server, "POST", "/api/v1/mirrors/b/stop").statusCode())
                .isEqualTo(202);

        Map<?, ?> stopped = stage.mirror(server, "b");
        assertThat(stopped.get("state")).isEqualTo("idle");
        assertThat(String.valueOf(stopped.get("lastRun"))).contains("state=stopped");
        assertThat(stage.send(server, "POST", "/api/v1/mirrors/b/run").statusCode())
                .isEqualTo(202);
        open.countDown();
        stage.awaitRuns(server, "b", 2);
        assertThat(mirrored("b", "1")).isNotEmpty();
    }

    @Test
    void beginsQueuedRunsWithFileInUse() throws InterruptedException {
        RunningServer server =
                startWithRunOfA("--mirrors-at-once=1", "{name: a, schedule: every 10m}", "{name: b}", "{name: c}");
        stage.send(server, "POST", "/api/v1/mirrors/b/run");
        stage.send(server, "POST", "/api/v1/mirrors/c/run");

        stage.mirrors("{name: a, schedule: every 10m}", "{name: c, tags: {exclude: '1'}}");
        Waiting.until("the changed file", () -> server.err().contains("took over the configuration: 2 mirrors"));
        open.countDown();
        stage.awaitRuns(server, "c", 1);

        assertThat(server.err()).containsPattern("b: run .* ended: stopped").contains("c: run");
        assertThat(stage.stage().destination().log().count("PUT", "/v2/b/")).isZero();
        assertThat(stage.stage().destination().log().count("PUT", "/v2/c/")).isZero();
        assertThat(stage.stage().destination().log().count("PUT", "/v2/a/")).isPositive();
    }

    @Test
    void forgetsMirrorThatIsRemovedWhileItRuns() throws InterruptedException {
        RunningServer server = startWithRunOfA("--mirrors-at-once=2", "{name: a, schedule: every 10m}", "{name: b}");

        stage.mirrors("{name: b}");
        Waiting.until("the changed file", () -> server.err().contains("took over the configuration: 1 mirror"));
        open.countDown();
        stage.awaitRuns(server, "a", 1);
        stage.send(server, "POST", "/api/v1/mirrors/b/run");
        stage.awaitRuns(server, "b", 1);
        Waiting.until("the catalog", () -> catalog(server).contains("/b/app:1"));

        assertThat(mirrored("a", "1")).isNotEmpty();
        assertThat(catalog(server)).doesNotContain("/a/app:1");
    }

    private String catalog(RunningServer server) {
        try {
            return stage.send(server, "GET", "/catalog").body();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs that wait for the metadata repository are no failures: they wait for runs of the same server. */
    @Test
    void takesTurnsAtMetadataRepository() throws InterruptedException {
        stage.mirrors(IntStream.range(0, 8)
                .mapToObj(i -> "{name: m%d, schedule: every 1h}".formatted(i))
                .toArray(String[]::new));
        RunningServer server = stage.start("--mirrors-at-once=8");

        for (int i = 0; i < 8; i++) {
            stage.awaitRuns(server, "m" + i, 1);
            assertThat(mirrored("m" + i, "1")).isNotEmpty();
        }
        assertThat(server.err()).doesNotContain("another gcrsync").doesNotContain("ended: failed");
    }

    @Test
    void turnsOffFlagsOfFile() throws InterruptedException {
        stage.write("""
                metadata: %s
                check-destination: true
                mirrors:
                  - {name: a, source: %s/ns, destination: %s/a}
                """.formatted(
                        stage.stage().folder().resolve("metadata"),
                        stage.stage().source().host(),
                        stage.stage().destination().host()));
        RunningServer server = stage.start("--check-destination=false");
        stage.send(server, "POST", "/api/v1/mirrors/a/run");
        stage.awaitRuns(server, "a", 1);
        int before = stage.stage().destination().log().count();
        stage.send(server, "POST", "/api/v1/mirrors/a/run");
        stage.awaitRuns(server, "a", 2);

        assertThat(stage.stage().destination().log().count()).isEqualTo(before);
    }

    /** Starts a server with these mirrors, of which a runs until the latch opens. */
    private RunningServer startWithRunOfA(String flag, String... mirrors) throws InterruptedException {
        stage.stage()
                .source()
                .fault(Fault.on("GET", "/v2/ns/app/manifests/.*")
                        .delayUntil(open)
                        .times(1));
        stage.mirrors(mirrors);
        RunningServer server = stage.start(flag);
        stage.await(server, "a", mirror -> "running".equals(mirror.get("state")));
        return server;
    }

    @Test
    void runsMirrorOfFolder(@TempDir Path folder) throws InterruptedException {
        String from = stage.stage().source().host() + "/ns/app:1";
        String filled = "oci:" + folder.resolve("images/app");
        InProcess.run(stage.stage().environment(), List.of("copy", from, filled));
        stage.write("metadata: %s%nmirrors:%n  - {name: a, source: 'oci:%s', destination: %s/a, schedule: every 1h}%n"
                .formatted(
                        folder.resolve("metadata"),
                        folder.resolve("images"),
                        stage.stage().destination().host()));
        RunningServer server = stage.start();
        stage.awaitRuns(server, "a", 1);
        assertThat(mirrored("a", "1")).isNotEmpty();

        InProcess.run(stage.stage().environment(), List.of("copy", from, filled + ":2"));
        stage.clock().advance(Duration.ofMinutes(66));
        stage.awaitRuns(server, "a", 2);

        assertThat(mirrored("a", "2")).isNotEmpty();
        assertThat(stage.mirror(server, "a").get("source")).isEqualTo("oci:" + folder.resolve("images"));
    }

    @Test
    void takesOverChangedFileAndKeepsOldOneIfItIsInvalid() throws InterruptedException {
        stage.mirrors("{name: a, schedule: every 1h}");
        RunningServer server = stage.start();
        stage.awaitRuns(server, "a", 1);

        stage.mirrors("{name: a, schedule: every 1h}", "{name: b, schedule: 61 * * * *}");
        Waiting.until("the error", () -> server.err().contains("the earlier one stays in use"));
        assertThat(server.err()).contains("mirrors.yaml:4:25: 'schedule': '61 * * * *' is not a schedule of cron");
        assertThat(stage.send(server, "GET", "/readyz").statusCode()).isEqualTo(503);
        stage.clock().advance(Duration.ofMinutes(67));
        stage.awaitRuns(server, "a", 2);

        stage.mirrors("{name: b, schedule: every 1h}");
        stage.awaitRuns(server, "b", 1);
        assertThat(stage.send(server, "GET", "/readyz").statusCode()).isEqualTo(200);
        assertThat(stage.json(server, "GET", "/api/v1/mirrors").toString()).doesNotContain("name=a");
    }

    @Test
    void refusesInvalidFileAtStart() {
        stage.mirrors("{name: a, schedule: sometimes}");

        InProcess.Result result = InProcess.run(
                stage.stage().environment(), List.of("server", "--listen=127.0.0.1:0", "--config=" + stage.file()));

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("'schedule': 'sometimes' is not a schedule; write every and an age");
    }
}
