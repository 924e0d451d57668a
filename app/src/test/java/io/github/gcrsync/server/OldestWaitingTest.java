package io.github.gcrsync.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.RunningServer;
import io.github.gcrsync.commands.Waiting;
import io.github.gcrsync.metrics.Samples;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The image of a mirror that has waited longest, as the server and the file of metrics show it. */
final class OldestWaitingTest {
    private static final String RUN = "/api/v1/mirrors/a/run";

    @TempDir
    private Path folder;

    private Path file;
    private ServerStage stage;
    private int runs;

    @BeforeEach
    void prepare() {
        file = folder.resolve("gcrsync.prom");
        stage = new ServerStage(folder).with("GCRSYNC_METRICS_FILE", file.toString());
    }

    @AfterEach
    void close() {
        stage.close();
    }

    /** Runs the mirror; returns what waits, as the API shows it. */
    private String run(RunningServer server) throws Exception {
        stage.send(server, "POST", RUN);
        stage.awaitRuns(server, "a", ++runs);
        Waiting.until("the metrics", () -> scrape(server).value("gcrsync_run_seconds_count") == runs);
        assertThat(Samples.of(Files.readString(file)).waiting("a"))
                .isEqualTo(scrape(server).waiting("a"));
        return waiting(server);
    }

    private String waiting(RunningServer server) throws InterruptedException {
        return String.valueOf(stage.mirror(server, "a").get("oldestWaiting"));
    }

    private Samples scrape(RunningServer server) {
        try {
            return Samples.of(stage.send(server, "GET", "/metrics").body());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void anHourLater() {
        stage.clock().advance(Duration.ofHours(1));
    }

    @Test
    void doesNotAgeWithSteadyInflow() throws Exception {
        stage.stage().offer("app:1", 1);
        stage.stage().offer("app:2", 2);
        stage.mirrors("{name: a, processcount: 1}");
        RunningServer server = stage.start();
        assertThat(waiting(server)).isEqualTo("null");

        assertThat(run(server)).isEqualTo("{image=app:2, since=2026-03-01T10:00:00Z}");
        for (int i = 3; i <= 5; i++) {
            anHourLater();
            assertThat(scrape(server).waiting("a")).isEqualTo(3600);
            stage.stage().offer("app:" + i, i);
            assertThat(run(server)).isEqualTo("{image=app:%d, since=2026-03-01T1%d:00:00Z}".formatted(i, i - 2));
            assertThat(scrape(server).waiting("a")).isEqualTo(0.001);
        }
        anHourLater();
        assertThat(run(server)).isEqualTo("null");
        assertThat(scrape(server).waiting("a")).isZero();
    }

    @Test
    void namesFailingImageWithItsFirstDate() throws Exception {
        stage.stage().offer("app:1", 1);
        SampleImage refused = stage.stage().offer("app:2", 2);
        stage.stage()
                .source()
                .fault(Fault.on("GET", "/v2/ns/app/manifests/" + refused.digest())
                        .status(403)
                        .always());
        stage.mirrors("{name: a}");
        RunningServer first = stage.start();
        String expected = "{image=app:2, since=2026-03-01T10:00:00Z}";
        assertThat(run(first)).isEqualTo(expected);
        anHourLater();
        assertThat(run(first)).isEqualTo(expected);
        assertThat(first.stop()).isZero();

        runs = 0;
        RunningServer second = stage.start();
        assertThat(waiting(second)).isEqualTo(expected);
        assertThat(scrape(second).waiting("a")).isEqualTo(3600);
        for (String page : new String[] {"/", "/mirrors/a"}) {
            assertThat(stage.send(second, "GET", page).body()).contains("app:2, waiting since 2026-03-01 10:00");
        }
        // A run that cannot start leaves it as it was.
        stage.stage().source().fault(Fault.on("GET", "/v2/.*").status(403).always());
        anHourLater();
        stage.send(second, "POST", RUN);
        stage.awaitRuns(second, "a", 1);
        assertThat(String.valueOf(stage.mirror(second, "a").get("lastRun"))).contains("state=failed");
        assertThat(waiting(second)).isEqualTo(expected);
        assertThat(Samples.of(Files.readString(file)).waiting("a")).isEqualTo(7200);
    }

    @Test
    void takesOlderOfTwoDestinations() throws Exception {
        stage.stage().offer("app:1", 1);
        stage.stage().offer("app:2", 2);
        stage.stage()
                .destination()
                .fault(Fault.on("PUT", "/v2/eu/app/manifests/1").status(400).times(1));
        stage.stage()
                .destination()
                .fault(Fault.on("PUT", "/v2/us/app/manifests/2").status(400).always());
        stage.write("""
                metadata: %s
                mirrors:
                  - {name: a, source: %s/ns, destinations: [{name: eu, to: %s/eu}, {name: us, to: %3$s/us}]}
                """.formatted(
                        folder.resolve("metadata"),
                        stage.stage().source().host(),
                        stage.stage().destination().host()));
        RunningServer server = stage.start();

        assertThat(run(server)).isEqualTo("{image=app:1, since=2026-03-01T10:00:00Z}");
        anHourLater();
        assertThat(run(server)).isEqualTo("{image=app:2, since=2026-03-01T10:00:00Z}");
    }

    @Test
    void countsNoImageThatOnlyLacksReferrers() throws Exception {
        SampleImage image = stage.stage().offer("app:1", 1);
        String signature = image.digest().replace(':', '-') + ".sig";
        stage.stage().offer("app:" + signature, 2);
        stage.stage()
                .destination()
                .fault(Fault.on("PUT", "/manifests/" + signature).status(403).always());
        stage.mirrors("{name: a}");
        RunningServer server = stage.start();

        assertThat(run(server)).isEqualTo("null");
        assertThat(scrape(server).runs("a")).isEqualTo("0 1 0 0");
        assertThat(scrape(server).waiting("a")).isZero();
        assertThat(scrape(server).lastSuccess("a")).isEqualTo(-1);
    }
}
