package io.github.gcrsync.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.commands.Stage;
import io.github.gcrsync.output.BatchRecord;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The metrics of several syncs in one file. */
final class MetricsFileTest {
    private static final String MIRROR = "default";
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    @TempDir
    private Path folder;

    private Stage stage;
    private Path file;

    @BeforeEach
    void open() throws IOException {
        stage = new Stage(Files.createDirectories(folder.resolve("stage")));
        file = folder.resolve("gcrsync.prom");
    }

    @AfterEach
    void close() {
        stage.close();
    }

    /** Runs a sync so many hours after noon, and asserts its exit code. */
    private Samples sync(int exitCode, int hours, String... flags) throws IOException {
        Instant now = NOON.plus(Duration.ofHours(hours));
        List<String> all = new ArrayList<>(List.of(flags));
        all.add("--metrics-file=" + file);
        InProcess.Result result = stage.at(Clock.fixed(now, ZoneOffset.UTC)).run("sync", all.toArray(String[]::new));
        assertThat(result.exitCode()).as("%s", result).isEqualTo(exitCode);
        return written(now);
    }

    private Samples written(Instant now) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(now));
        return Samples.of(Files.readString(file));
    }

    private static long noonPlus(int hours) {
        return NOON.plus(Duration.ofHours(hours)).getEpochSecond();
    }

    private static BatchRecord notStarted(String mirror, BatchRecord.Traffic traffic) {
        return new BatchRecord(
                "",
                NOON,
                Duration.ZERO,
                traffic,
                List.of(new BatchRecord.NotStarted(
                        Optional.of(mirror), Optional.empty(), "a", "b", Optional.empty(), "the reason")),
                1,
                3);
    }

    private static BatchRecord.Traffic requests(int firstHost, int lastHost) {
        return new BatchRecord.Traffic(
                Map.of(),
                IntStream.rangeClosed(firstHost, lastHost)
                        .boxed()
                        .collect(Collectors.toMap(i -> "h%03d.example.com".formatted(i), _ -> Map.of("2xx", 1L))),
                Map.of());
    }

    @Test
    void continuesCountersOfEarlierSyncs() throws IOException {
        String at = stage.destination().host();
        String refused =
                "gcrsync_requests_total{class=4xx,host=" + stage.source().host() + "}";
        stage.offer("app:1", 1);
        Samples first = sync(0, 0);
        stage.offer("app:2", 2);
        Samples second = sync(0, 1);
        stage.source().fault(Fault.on("GET", "/v2/.*").status(403).always());

        Path report = folder.resolve("report.json");
        Samples failed = sync(3, 2, "--report=" + report);

        assertThat(first.runs(MIRROR)).isEqualTo("1 0 0 0");
        assertThat(first.lastSuccess(MIRROR)).isEqualTo(noonPlus(0));
        assertThat(first.waiting(MIRROR)).isZero();
        assertThat(first.images(MIRROR, at, "copied")).isEqualTo(1);
        assertThat(second.runs(MIRROR)).isEqualTo("2 0 0 0");
        assertThat(second.lastSuccess(MIRROR)).isEqualTo(noonPlus(1));
        assertThat(second.images(MIRROR, at, "copied")).isEqualTo(1);
        assertThat(second.images(MIRROR, at, "up_to_date")).isEqualTo(1);
        assertThat(second.value("gcrsync_run_seconds_count")).isEqualTo(2);
        String pushed = "gcrsync_bytes_total{direction=push,host=" + at + "}";
        assertThat(second.value(pushed)).isGreaterThan(first.value(pushed)).isGreaterThan(0);
        assertThat(failed.runs(MIRROR)).isEqualTo("2 0 1 0");
        assertThat(failed.value(refused)).isGreaterThan(Math.max(0, second.value(refused)));
        assertThat(failed.only(key -> !key.matches("gcrsync_(runs|requests)_total.*")))
                .isEqualTo(second.only(key -> !key.matches("gcrsync_(runs|requests)_total.*")));
        assertThat(report).doesNotExist();
    }

    @Test
    void countsTimeSinceImageWaits() throws IOException {
        stage.offer("app:1", 1);
        stage.offer("app:2", 2);
        stage.offer("app:3", 3);

        Samples first = sync(0, 0, "--processcount=1");
        Samples second = sync(0, 1, "--processcount=1");
        Samples notStarted = sync(3, 2, "--metadata=" + Files.writeString(folder.resolve("no-repository"), ""));
        MetricsFile.write(notStarted("other", requests(1, 1)), file, NOON.plus(Duration.ofHours(3)));
        Samples other = written(NOON.plus(Duration.ofHours(3)));
        Samples complete = sync(0, 4);

        assertThat(first.runs(MIRROR)).isEqualTo("1 0 0 0");
        assertThat(first.lastSuccess(MIRROR)).as("two images wait").isEqualTo(-1);
        assertThat(first.waiting(MIRROR)).isEqualTo(0.001);
        assertThat(second.waiting(MIRROR)).isEqualTo(3600);
        assertThat(notStarted.runs(MIRROR)).isEqualTo("2 0 1 0");
        assertThat(notStarted.waiting(MIRROR)).isEqualTo(7200);
        assertThat(other.waiting(MIRROR)).isEqualTo(10800);
        assertThat(other.waiting("other")).isZero();
        assertThat(complete.waiting(MIRROR)).isZero();
        assertThat(complete.lastSuccess(MIRROR)).isEqualTo(noonPlus(4));
    }

    /** Returns the destinations that have a number of copied images. */
    private static List<String> copied(Samples samples) {
        return samples.only(key -> key.contains("state=copied")).values().keySet().stream()
                .map(key -> key.replaceFirst(".*destination=([^,]+),.*", "$1"))
                .toList();
    }

    @Test
    void judgesDestinationsTogether() throws IOException {
        stage.offer("app:1", 1);
        try (TestRegistry other = TestRegistry.start()) {
            String one = stage.destination().host() + "/one";
            String two = "oci:" + folder.resolve("two");
            Path inTheWay = Files.writeString(folder.resolve("two"), "not a folder");

            Samples partly = sync(1, 0, "--destination=" + one, "--destination=" + two);
            Files.delete(inTheWay);
            Samples both = sync(0, 1, "--destination=" + one, "--destination=" + two);
            Samples moved = sync(0, 2, "--destination=" + one, "--destination=" + other.host() + "/two");

            assertThat(partly.runs(MIRROR)).isEqualTo("0 1 0 0");
            assertThat(partly.lastSuccess(MIRROR)).isEqualTo(-1);
            assertThat(both.runs(MIRROR)).isEqualTo("1 1 0 0");
            assertThat(both.lastSuccess(MIRROR)).isEqualTo(noonPlus(1));
            assertThat(copied(both)).hasSize(2);
            assertThat(copied(moved))
                    .containsExactlyInAnyOrder(
                            stage.destination().host().replace(':', '-') + "-one",
                            other.host().replace(':', '-') + "-two");
        }
    }

    @Test
    void losesNoCounterOfOverlappingSyncs() throws Exception {
        List<Future<?>> syncs = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < 40; i++) {
                syncs.add(threads.submit(() -> {
                    MetricsFile.write(notStarted("a", requests(1, 1)), file, NOON);
                    return null;
                }));
            }
        }
        for (Future<?> each : syncs) {
            each.get();
        }

        assertThat(written(NOON).runs("a")).isEqualTo("0 0 40 0");
    }

    @Test
    void boundsHosts() throws IOException {
        MetricsFile.write(notStarted("a", requests(1, 80)), file, NOON);
        MetricsFile.write(notStarted("a", requests(41, 150)), file, NOON);
        MetricsFile.write(
                notStarted(
                        "a",
                        new BatchRecord.Traffic(
                                Map.of("source.example.com", 1L),
                                Map.of("source.example.com", Map.of("2xx", 1L)),
                                Map.of())),
                file,
                NOON);

        Samples requests = written(NOON).only(key -> key.startsWith("gcrsync_requests_total"));
        assertThat(requests.values()).hasSize(HostLabels.MOST + 2);
        assertThat(requests.value("gcrsync_requests_total{class=2xx,host=other}"))
                .isEqualTo(50);
        assertThat(requests.value("gcrsync_requests_total{class=2xx,host=h080.example.com}"))
                .isEqualTo(2);
        assertThat(requests.value("gcrsync_requests_total{class=2xx,host=source.example.com}"))
                .isEqualTo(1);
    }

    @Test
    void reportsFileThatCannotBeWritten() {
        InProcess.Result result = stage.run("sync", "--metrics-file=" + folder.resolve("no/file"));

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.err()).contains("cannot write the metrics");
    }
}
