package io.github.gcrsync.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.cli.RunningServer;
import io.github.gcrsync.commands.Stage;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.Program;
import io.github.gcrsync.testkit.SampleImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
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

    private static void assertValid(String metrics) {
        Program.Result checked = Program.require("promtool")
                .arguments("check", "metrics")
                .stdin(metrics)
                .run();
        assertThat(checked.exitCode()).as("%s", checked).isZero();
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
            stage.stage().offer("app:1", 1);
            SampleImage refused = stage.stage().offer("app:2", 2);
            stage.mirrors("{name: a, schedule: every 1h}", "{name: b}");
            stage.stage()
                    .source()
                    .fault(Fault.on("GET", "/v2/ns/app/manifests/" + refused.digest())
                            .status(403)
                            .times(1));
            RunningServer server = stage.start();
            stage.awaitRuns(server, "a", 1);
            stage.clock().advance(Duration.ofMinutes(30));

            String first = stage.send(server, "GET", "/metrics").body();
            assertValid(first);
            assertThat(first)
                    .contains("gcrsync_runs_total{mirror=\"a\",result=\"incomplete\"} 1.0")
                    .contains("gcrsync_runs_total{mirror=\"a\",result=\"done\"} 0.0")
                    .contains("gcrsync_runs_total{mirror=\"b\",result=\"done\"} 0.0")
                    .contains("gcrsync_images{destination=\""
                            + stage.stage().destination().host() + "\",mirror=\"a\",state=\"failed\"} 1.0")
                    .contains("state=\"up_to_date\"} 0.0")
                    .contains("gcrsync_oldest_waiting_seconds{mirror=\"a\"} 1800.0")
                    .contains("gcrsync_oldest_waiting_seconds{mirror=\"b\"} 0.0")
                    .contains("gcrsync_requests_total{class=\"4xx\",host=\""
                            + stage.stage().source().host() + "\"} ")
                    .containsPattern("gcrsync_bytes_total\\{direction=\"pull\",host=\"[^\"]+\"} [1-9]")
                    .containsPattern("gcrsync_bytes_total\\{direction=\"push\",host=\"[^\"]+\"} [1-9]")
                    .contains("gcrsync_run_seconds_count 1")
                    .doesNotContain("gcrsync_last_success_timestamp_seconds{", "app");
            stage.clock().advance(Duration.ofMinutes(40));
            stage.awaitRuns(server, "a", 2);

            assertThat(stage.send(server, "GET", "/metrics").body())
                    .contains("gcrsync_last_success_timestamp_seconds{mirror=\"a\"} 1.7723")
                    .contains("gcrsync_oldest_waiting_seconds{mirror=\"a\"} 0.0");
        }
    }

    @Test
    void continuesFileOfEarlierSyncs() throws Exception {
        try (Stage stage = new Stage(Files.createDirectories(folder.resolve("stage")))) {
            Path file = folder.resolve("gcrsync.prom");
            stage.offer("app:1", 1);
            assertThat(stage.run("sync", "--metrics-file", file.toString()).exitCode())
                    .isZero();
            assertThat(Files.readString(file))
                    .contains("gcrsync_runs_total{mirror=\"default\",result=\"done\"} 1")
                    .contains("gcrsync_last_success_timestamp_seconds{mirror=\"default\"} ");
            stage.source().fault(Fault.on("GET", "/v2/.*").status(403).always());

            InProcess.Result failed = stage.run("sync", "--metrics-file", file.toString());

            assertThat(failed.exitCode()).isEqualTo(3);
            assertThat(stage.run("sync", "--metrics-file", folder.resolve("no/file") + "")
                            .err())
                    .contains("cannot write the metrics");
            String text = Files.readString(file);
            assertValid(text);
            assertThat(text)
                    .contains("gcrsync_runs_total{mirror=\"default\",result=\"done\"} 1")
                    .contains("gcrsync_last_success_timestamp_seconds{mirror=\"default\"} ");
        }
    }

    @Test
    void alertsAndDashboardUseExistingMetrics() throws Exception {
        String alerts = Files.readString(EXAMPLES.resolve("alerts.yaml"));
        String dashboard = Files.readString(EXAMPLES.resolve("grafana.json"));
        String source = Files.readString(Path.of(System.getProperty("gcrsync.root", ".."))
                .resolve("app/src/main/java/io/github/gcrsync/metrics/RunMetrics.java"));
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
