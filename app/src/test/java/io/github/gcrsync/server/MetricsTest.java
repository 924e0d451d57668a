package io.github.gcrsync.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.RunningServer;
import io.github.gcrsync.commands.Waiting;
import io.github.gcrsync.metrics.Samples;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.Program;
import io.github.gcrsync.testkit.SampleImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The metrics of the server and of sync, and the alerts and the dashboard that use them. */
final class MetricsTest {
    private static final Path EXAMPLES =
            Path.of(System.getProperty("gcrsync.root", "..")).resolve("examples/prometheus");
    private static final Pattern NAME = Pattern.compile("gcrsync_[a-z_]+");

    @TempDir
    private Path folder;

    private static Samples scrape(ServerStage stage, RunningServer server) {
        try {
            return Samples.of(stage.send(server, "GET", "/metrics").body());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits until these runs of the mirror a are counted: done, incomplete, failed and stopped. */
    private static Samples scrape(ServerStage stage, RunningServer server, String runs) throws InterruptedException {
        Waiting.until("the runs " + runs, () -> scrape(stage, server).runs("a").equals(runs));
        return scrape(stage, server);
    }

    private static boolean isOfMirror(String key) {
        return key.contains("mirror=a,") || key.contains("mirror=a}");
    }

    private static Set<String> names(String text) {
        return NAME.matcher(text)
                .results()
                .map(found -> found.group().replaceFirst("_(bucket|sum|count)$", ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void countsRunsOfServer() throws Exception {
        try (ServerStage stage = new ServerStage(folder)) {
            String source = stage.stage().source().host();
            String destination = stage.stage().destination().host();
            stage.stage().offer("app:1", 1);
            SampleImage refused = stage.stage().offer("app:2", 2);
            stage.mirrors("{name: a, schedule: every 1h}", "{name: b}");
            stage.stage()
                    .source()
                    .fault(Fault.on("GET", "/v2/ns/app/manifests/" + refused.digest())
                            .status(403)
                            .times(1));
            RunningServer server = stage.start();
            scrape(stage, server, "0 1 0 0");
            stage.clock().advance(Duration.ofMinutes(30));

            Samples first = scrape(stage, server);
            assertThat(first.runs("b")).isEqualTo("0 0 0 0");
            assertThat(first.images("a", destination, "failed")).isEqualTo(1);
            assertThat(first.images("a", destination, "up_to_date")).isZero();
            assertThat(first.waiting("a")).isEqualTo(1800);
            assertThat(first.waiting("b")).isZero();
            assertThat(first.value("gcrsync_requests_total{class=4xx,host=" + source + "}"))
                    .isPositive();
            assertThat(first.value("gcrsync_bytes_total{direction=pull,host=" + source + "}"))
                    .isPositive();
            assertThat(first.value("gcrsync_bytes_total{direction=push,host=" + destination + "}"))
                    .isPositive();
            assertThat(first.value("gcrsync_run_seconds_count")).isEqualTo(1);
            assertThat(first.lastSuccess("a")).isEqualTo(-1);
            assertThat(first.values().keySet().toString()).doesNotContain("app");
            stage.clock().advance(Duration.ofMinutes(40));

            Samples second = scrape(stage, server, "1 1 0 0");
            assertThat(second.lastSuccess("a"))
                    .isEqualTo(Instant.parse("2026-03-01T11:10:00Z").getEpochSecond());
            assertThat(second.waiting("a")).isZero();
            stage.stage().source().fault(Fault.on("GET", "/v2/.*").status(403).always());
            stage.clock().advance(Duration.ofMinutes(70));

            Samples failed = scrape(stage, server, "1 1 1 0");
            assertThat(failed.only(key -> isOfMirror(key) && !key.contains("_runs_")))
                    .isEqualTo(second.only(key -> isOfMirror(key) && !key.contains("_runs_")));
            assertThat(failed.value("gcrsync_run_seconds_count")).isEqualTo(2);
        }
    }

    @Test
    void serverAndFileHaveSameValues() throws Exception {
        Path file = folder.resolve("gcrsync.prom");
        try (ServerStage stage = new ServerStage(folder).with("GCRSYNC_METRICS_FILE", file.toString())) {
            for (int i = 1; i <= 3; i++) {
                stage.stage().offer("app:" + i, i);
            }
            String config = """
                    metadata: %s
                    processcount: 2
                    mirrors:
                      - {name: a, schedule: every 1h, source: %s/ns, destinations: [{name: eu, to: %s/eu}%s]}
                    """;
            Object[] places = {
                folder.resolve("metadata"),
                stage.stage().source().host(),
                stage.stage().destination().host(),
                ", {name: us, to: \"oci:" + Files.writeString(folder.resolve("us"), "not a folder") + "\"}"
            };
            stage.write(config.formatted(places));
            RunningServer server = stage.start();
            Samples partly = scrape(stage, server, "0 1 0 0");
            Samples partlyInFile = Samples.of(Files.readString(file));
            Files.delete(folder.resolve("us"));
            stage.clock().advance(Duration.ofMinutes(70));
            scrape(stage, server, "1 1 0 0");
            stage.clock().advance(Duration.ofMinutes(70));
            Samples complete = scrape(stage, server, "2 1 0 0");
            Samples completeInFile = Samples.of(Files.readString(file));
            places[3] = "";
            stage.write(config.formatted(places));
            Waiting.until("the changed file", () -> server.err().contains("took over the configuration"));
            stage.clock().advance(Duration.ofMinutes(70));
            Samples less = scrape(stage, server, "3 1 0 0");

            assertThat(partly.images("a", "eu", "waiting")).isEqualTo(1);
            assertThat(partly.images("a", "us", "waiting")).isEqualTo(-1);
            assertThat(partlyInFile).isEqualTo(partly);
            assertThat(complete.lastSuccess("a"))
                    .isEqualTo(Instant.parse("2026-03-01T12:20:00Z").getEpochSecond());
            assertThat(complete.waiting("a")).isZero();
            assertThat(completeInFile).isEqualTo(complete);
            assertThat(complete.only(key -> key.contains("state=copied")).values())
                    .hasSize(2);
            assertThat(less.only(key -> key.contains("state=copied")).values()).hasSize(1);
            assertThat(Samples.of(Files.readString(file))).isEqualTo(less);
        }
    }

    @Test
    void forgetsRemovedMirror() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        try (ServerStage stage = new ServerStage(folder)) {
            stage.stage().offer("app:1", 1);
            stage.stage()
                    .source()
                    .fault(Fault.on("GET", "/v2/ns/app/blobs/").always().delayUntil(open));
            stage.mirrors("{name: a}", "{name: b}");
            RunningServer server = stage.start();
            stage.send(server, "POST", "/api/v1/mirrors/a/run");
            stage.await(server, "a", mirror -> "running".equals(mirror.get("state")));
            assertThat(scrape(stage, server).waiting("a")).isZero();

            stage.mirrors("{name: b}");
            Waiting.until("the mirror to be gone", () -> scrape(stage, server).waiting("a") < 0);
            open.countDown();

            Samples after = scrape(stage, server, "1 0 0 0");
            assertThat(after.only(key -> isOfMirror(key) && !key.contains("_runs_"))
                            .values())
                    .isEmpty();
        } finally {
            open.countDown();
        }
    }

    @Test
    void countsStoppedRun() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        Path file = folder.resolve("gcrsync.prom");
        try (ServerStage stage = new ServerStage(folder).with("GCRSYNC_METRICS_FILE", file.toString())) {
            stage.stage().offer("app:1", 1);
            stage.stage()
                    .source()
                    .fault(Fault.on("GET", "/v2/ns/app/blobs/").always().delayUntil(open));
            stage.mirrors("{name: a}");
            RunningServer server = stage.start();
            stage.send(server, "POST", "/api/v1/mirrors/a/run");
            Waiting.until(
                    "a blob",
                    () -> stage.stage().source().log().exchanges().stream()
                            .anyMatch(exchange -> exchange.path().contains("/blobs/")));
            stage.send(server, "POST", "/api/v1/mirrors/a/stop");
            open.countDown();

            assertThat(scrape(stage, server, "0 0 0 1").lastSuccess("a")).isEqualTo(-1);
            assertThat(Samples.of(Files.readString(file)).runs("a")).isEqualTo("0 0 0 1");
        } finally {
            open.countDown();
        }
    }

    @Test
    void alertsAndDashboardUseExistingMetrics() throws Exception {
        String alerts = Files.readString(EXAMPLES.resolve("alerts.yaml"));
        String dashboard = Files.readString(EXAMPLES.resolve("grafana.json"));
        Path metrics = Path.of(System.getProperty("gcrsync.root", ".."))
                .resolve("app/src/main/java/io/github/gcrsync/metrics");
        String source = Files.readString(metrics.resolve("RunMetrics.java"))
                + Files.readString(metrics.resolve("WorkerMetrics.java"))
                + Files.readString(metrics.resolve("VerifyMetrics.java"));
        Program.Result checked = Program.require("promtool")
                .arguments("check", "rules", EXAMPLES.resolve("alerts.yaml").toString())
                .run();

        assertThat(checked.exitCode()).as("%s", checked).isZero();
        assertThat(names(source)).containsAll(names(alerts)).containsAll(names(dashboard));
        assertThat(names(dashboard)).containsExactlyInAnyOrderElementsOf(names(source));
    }

    @Test
    void alertsFireWhenTheyShould() throws Exception {
        String tests = Files.readString(EXAMPLES.resolve("alerts-test.yaml"));
        Program.Result tested = Program.require("promtool")
                .arguments("test", "rules", EXAMPLES.resolve("alerts-test.yaml").toString())
                .run();

        assertThat(tested.exitCode()).as("%s", tested).isZero();
        Pattern.compile("- alert: (\\w+)")
                .matcher(Files.readString(EXAMPLES.resolve("alerts.yaml")))
                .results()
                .map(alert -> "alertname: " + alert.group(1) + "\n        exp_alerts:")
                .forEach(expected -> assertThat(tests).contains(expected + " []\n", expected + "\n"));
    }
}
