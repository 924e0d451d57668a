package io.github.gcrsync.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.cli.RunningServer;
import io.github.gcrsync.commands.Workplace;
import io.github.gcrsync.metrics.Samples;
import io.github.gcrsync.testkit.Fault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server shows what verify found. */
final class VerifiedTest {
    private static final OpenApi DOCUMENT = new OpenApi();

    @TempDir
    private Path folder;

    private ServerStage stage;

    @BeforeEach
    void prepare() {
        stage = new ServerStage(folder);
        stage.stage().offer("app:1", 1);
        stage.stage().offer("app:2", 2);
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private Result run(int exitCode, String command, String... flags) {
        List<String> words = new ArrayList<>(List.of(command, "--config=" + stage.file()));
        words.addAll(List.of(flags));
        Result result = new Workplace(folder).at(stage.clock()).run(words.toArray(String[]::new));
        assertThat(result.exitCode()).as("%s", result).isEqualTo(exitCode);
        return result;
    }

    /** Returns {@code DESTINATION DRIFTED UNCHECKED REPAIRED SAMPLE} of each destination, as the API shows them. */
    private List<String> verified(RunningServer server) throws InterruptedException {
        DOCUMENT.check("GET", "/api/v1/mirrors", stage.send(server, "GET", "/api/v1/mirrors"));
        List<?> all = (List<?>) Objects.requireNonNull(stage.mirror(server, "a").get("verified"));
        return all.stream()
                .map(each -> (Map<?, ?>) Objects.requireNonNull(each))
                .map(each -> each.get("destination") + " " + each.get("drifted") + " " + each.get("unchecked") + " "
                        + each.get("repaired") + " " + each.get("sample"))
                .toList();
    }

    private String page(RunningServer server, String path) throws InterruptedException {
        return stage.send(server, "GET", path).body();
    }

    private Samples metrics(RunningServer server) throws InterruptedException {
        return metrics(page(server, "/metrics"));
    }

    private static Samples metrics(String text) {
        return Samples.of(text).only(key -> key.matches("gcrsync_(drifted|unchecked|last_verify)_.*"));
    }

    @Test
    void showsLastVerifyOfEachDestination() throws Exception {
        stage.write("""
                metadata: %s
                mirrors:
                  - {name: a, source: %s/ns, destinations: [{name: eu, to: %s/eu}, {name: us, to: %3$s/us}]}
                """.formatted(
                        folder.resolve("metadata"),
                        stage.stage().source().host(),
                        stage.stage().destination().host()));
        run(0, "sync");
        RunningServer server = stage.start();
        assertThat(verified(server)).isEmpty();
        assertThat(metrics(server).values()).isEmpty();
        assertThat(page(server, "/") + page(server, "/mirrors/a")).doesNotContain("verified");
        stage.stage().destination().delete("eu/app", "1");
        stage.stage()
                .destination()
                .fault(Fault.on("HEAD", "/v2/us/app/manifests/2").status(403).times(1));

        run(3, "verify");

        assertThat(verified(server)).containsExactly("eu 1 0 0 null", "us 0 1 0 null");
        assertThat(page(server, "/"))
                .contains("<div class=\"bad\">verified 2026-03-01 10:00:00 UTC: 1 image drifts, 1 unchecked</div>");
        assertThat(page(server, "/mirrors/a"))
                .contains(
                        "verified at eu</th><td>2026-03-01 10:00:00 UTC: 1 image drifts; 2 of 2 images checked</td>",
                        "verified at us</th><td>2026-03-01 10:00:00 UTC: 1 unchecked; 2 of 2 images checked</td>");
        assertThat(metrics(server).values())
                .hasSize(6)
                .containsEntry("gcrsync_drifted_images{destination=eu,mirror=a}", 1.0)
                .containsEntry("gcrsync_unchecked_images{destination=us,mirror=a}", 1.0)
                .containsEntry("gcrsync_last_verify_timestamp_seconds{destination=us,mirror=a}", (double)
                        stage.clock().instant().getEpochSecond());

        run(0, "verify", "--repair", "--deep", "--sample=100%");

        assertThat(verified(server)).containsExactly("eu 0 0 1 100%", "us 0 0 0 100%");
        assertThat(page(server, "/"))
                .contains("<div class=\"soft\">verified 2026-03-01 10:00:00 UTC: sound, sample of 100%</div>");
        assertThat(page(server, "/mirrors/a")).contains("2 of 2 images checked, 1 repaired, all layers read");
        assertThat(metrics(server).value("gcrsync_drifted_images{destination=eu,mirror=a}"))
                .isZero();
        try (Stream<Path> files = Files.list(folder.resolve("state/gcrsync/verified"))) {
            for (Path each : files.toList()) {
                if (Files.readString(each).contains("\"destination\":\"eu\"")) {
                    Files.writeString(each, "{");
                }
            }
        }
        assertThat(verified(server)).containsExactly("us 0 0 0 100%");
        assertThat(page(server, "/")).contains("sample of 100%; not at all destinations</div>");
        assertThat(metrics(server).values()).hasSize(3);
    }

    @Test
    void serverAndFileHaveSameMetrics() throws Exception {
        stage.mirrors("{name: a}");
        run(0, "sync");
        stage.stage().destination().delete("a/app", "1");
        Path file = folder.resolve("gcrsync.prom");

        run(4, "verify", "--metrics-file=" + file);

        assertThat(metrics(stage.start()).values())
                .hasSize(3)
                .isEqualTo(metrics(Files.readString(file)).values());
    }
}
