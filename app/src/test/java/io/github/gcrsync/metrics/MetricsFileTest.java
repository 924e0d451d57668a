package io.github.gcrsync.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.commands.Stage;
import io.github.gcrsync.output.BatchRecord;
import io.github.gcrsync.state.VerifyResult;
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
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
        return run("sync", exitCode, hours, flags);
    }

    private Samples run(String command, int exitCode, int hours, String... flags) throws IOException {
        Instant now = NOON.plus(Duration.ofHours(hours));
        List<String> all = new ArrayList<>(List.of(flags));
        all.add("--metrics-file=" + file);
        InProcess.Result result = stage.at(Clock.fixed(now, ZoneOffset.UTC)).run(command, all.toArray(String[]::new));
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
    void addsVerifyAndPrune() throws IOException {
        String labels = "{destination=" + stage.destination().host() + ",mirror=default}";
        stage.offer("app:1", 1);
        stage.offer("app:2", 2);
        Samples synced = sync(0, 0);
        stage.destination().delete("mirror/app", "1");

        Samples drifted = run("verify", 4, 1);
        Samples repaired = run("verify", 0, 2, "--repair");
        stage.destination().delete("mirror/app", "1");
        Samples again = run("verify", 0, 3, "--repair");
        stage.destination()
                .fault(Fault.on("HEAD", "/app/manifests/").status(403).times(2));
        Samples unchecked = run("verify", 3, 4);

        assertThat(drifted.value("gcrsync_drifted_images" + labels)).isEqualTo(1);
        assertThat(drifted.value("gcrsync_unchecked_images" + labels)).isZero();
        assertThat(drifted.value("gcrsync_repaired_images_total{mirror=default}"))
                .isZero();
        assertThat(drifted.values()).containsAllEntriesOf(synced.values());
        assertThat(repaired.value("gcrsync_drifted_images" + labels)).isZero();
        assertThat(repaired.value("gcrsync_last_verify_timestamp_seconds" + labels))
                .isEqualTo((double) noonPlus(2));
        assertThat(again.value("gcrsync_repaired_images_total{mirror=default}")).isEqualTo(2);
        assertThat(unchecked.value("gcrsync_unchecked_images" + labels)).isEqualTo(2);
        stage.source().delete("ns/app", "2");
        String[] prune = {"--after=0s", "--at-most=100%"};

        Samples planned = run("prune", 0, 5, prune);
        Samples pruned = run("prune", 0, 6, prune[0], prune[1], "--apply");

        assertThat(planned).isEqualTo(unchecked);
        assertThat(pruned.value("gcrsync_pruned_images_total{mirror=default}")).isEqualTo(1);
        assertThat(pruned.values()).containsAllEntriesOf(unchecked.values());
    }

    private void verified(String mirror, int drifted, String at, String... destinations) throws IOException {
        MetricsFile.verified(
                Optional.of(mirror),
                new VerifyResult(NOON, at, 9, 9, drifted, 0, 0, false, Optional.empty()),
                Set.of(destinations),
                file,
                NOON);
    }

    @Test
    void keepsVerifiesOfOtherDestinationsAndMirrors() throws IOException {
        verified("a", 1, "eu", "eu", "us");
        verified("a", 2, "us", "eu", "us");
        verified("b", 3, "eu", "eu");
        assertThat(written(NOON).only(key -> key.contains("drifted")).values())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "gcrsync_drifted_images{destination=eu,mirror=a}", 1.0,
                        "gcrsync_drifted_images{destination=us,mirror=a}", 2.0,
                        "gcrsync_drifted_images{destination=eu,mirror=b}", 3.0));

        verified("a", 0, "us", "us");

        assertThat(written(NOON).only(key -> key.contains("destination=eu")).values())
                .hasSize(3)
                .allSatisfy((key, _) -> assertThat(key).contains("mirror=b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync", "verify", "prune"})
    void reportsFileThatCannotBeWritten(String command) {
        stage.offer("app:1", 1);
        assertThat(stage.run("sync").exitCode()).isZero();
        String[] flags = command.equals("prune") ? new String[] {"--apply"} : new String[0];
        Function<Path, InProcess.Result> writing = to -> stage.run(
                command,
                Stream.concat(Stream.of("--metrics-file=" + to), Stream.of(flags))
                        .toArray(String[]::new));

        InProcess.Result notStarted = writing.apply(folder.resolve("no/file"));
        InProcess.Result full = writing.apply(Path.of("/dev/full"));

        assertThat(notStarted.exitCode()).isEqualTo(3);
        assertThat(notStarted.err()).contains("cannot write the metrics");
        assertThat(full.exitCode()).isEqualTo(1);
        assertThat(full.err()).contains("cannot write the metrics /dev/full");
    }
}
