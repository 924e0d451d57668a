package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.github.gcrsync.cli.Hurry;
import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.Exchange;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Images with permanent failures in run after run, and images that fail for other reasons. */
final class QuarantineTest extends OnStage {
    private static final Path SCHEMA =
            Path.of(System.getProperty("gcrsync.root", "..")).resolve("docs/report.schema.json");
    private static final String QUARANTINED = "quarantined +1 ";

    private SampleImage bad;
    private Instant now = Instant.parse("2026-11-24T08:00:00Z");

    @BeforeEach
    void offer() {
        bad = stage.offer("bad:1", 1);
        stage.offer("good:1", 2);
        stage.offer("more:1", 3);
    }

    private Result sync(String... flags) {
        stage.at(Clock.fixed(now, ZoneOffset.UTC));
        stage.source().log().clear();
        return stage.run("sync", flags);
    }

    private void syncEveryHour(int runs) {
        for (int i = 0; i < runs; i++) {
            assertThat(sync().exitCode()).isEqualTo(1);
            now = now.plus(Duration.ofHours(1));
        }
    }

    private void spoil() {
        stage.source()
                .fault(Fault.on("GET", "/v2/ns/bad/manifests/sha256:.*")
                        .corruptByte(0)
                        .always());
    }

    private void quarantine() {
        spoil();
        syncEveryHour(3);
        now = now.minus(Duration.ofHours(1));
    }

    private int asked() {
        return stage.source().log().count("GET", "/v2/ns/bad/manifests/");
    }

    private List<Path> state() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("state/gcrsync/quarantine"))) {
            return files.filter(file -> !file.toString().endsWith(".lock")).toList();
        }
    }

    @Test
    void triesImageOnceADayAfterThreeFailures() throws IOException {
        spoil();
        assertThat(sync().out()).doesNotContain("quarantined");
        assertThat(sync().out()).doesNotContain("quarantined");
        Result third = sync();
        assertThat(third.out()).containsPattern(QUARANTINED).containsPattern("failed +1\n");

        now = now.plus(Duration.ofHours(23));
        Result held = sync();
        assertThat(asked()).isZero();
        assertThat(held.exitCode()).as("not all is mirrored").isEqualTo(1);
        assertThat(held.out())
                .containsPattern(QUARANTINED)
                .contains("    bad:1  source: ", "failed in 3 runs in a row, last at 2026-11-24T08:00:00Z")
                .doesNotContainPattern("failed +1\n");

        now = now.plus(Duration.ofHours(1));
        assertThat(sync().out()).contains("failed in 4 runs in a row, last at 2026-11-25T08:00:00Z");
        assertThat(asked()).isPositive();
        sync();
        assertThat(asked()).isZero();

        stage.source().clearFaults();
        now = now.plus(Duration.ofHours(24));
        Result mended = sync();
        assertThat(mended.exitCode()).as("%s", mended).isZero();
        assertThat(mended.out()).doesNotContain("quarantined");
        assertThat(stage.mirrored("bad:1")).isEqualTo(bad.digest());
        assertThat(state()).isEmpty();
    }

    @Test
    void triesQuarantinedImageLastWithoutDisplacingOthers() {
        quarantine();
        now = now.plus(Duration.ofDays(1));
        stage.offer("z:1", 7);
        stage.offer("z:2", 8);

        Result two = sync("--processcount=2");
        assertThat(two.out()).containsPattern("copied +2 ").containsPattern("waiting +1 ");
        assertThat(asked()).isZero();

        stage.offer("z:3", 9);
        stage.offer("z:4", 10);
        assertThat(sync("--processlimit=1").out()).containsPattern("copied +2 ");
        List<String> manifests = stage.source().log().exchanges().stream()
                .map(Exchange::path)
                .filter(path -> path.contains("/manifests/"))
                .toList();
        assertThat(manifests.getFirst()).startsWith("/v2/ns/z/");
        assertThat(manifests.getLast()).startsWith("/v2/ns/bad/");
    }

    @Test
    void releasesImagesWithFlag() {
        quarantine();
        stage.source().clearFaults();
        assertThat(sync().exitCode()).isEqualTo(1);

        Result freed = sync("--retry-quarantined");

        assertThat(freed.exitCode()).as("%s", freed).isZero();
        assertThat(freed.out()).containsPattern("copied +1 ").doesNotContain("quarantined");
    }

    @Test
    void allowsThreeMoreRunsAfterRelease() {
        quarantine();
        assertThat(sync("--retry-quarantined").out()).doesNotContain("quarantined");
        assertThat(sync().out()).doesNotContain("quarantined");
        assertThat(sync().out()).containsPattern(QUARANTINED);
    }

    @Test
    void releasesMovedTag() {
        quarantine();
        SampleImage other = stage.offer("bad:1", 9);
        stage.source().clearFaults();

        assertThat(sync().exitCode()).isZero();
        assertThat(stage.mirrored("bad:1")).isEqualTo(other.digest());
    }

    @Test
    void resetsCountAfterSuccess() {
        spoil();
        syncEveryHour(2);
        stage.source().clearFaults();
        assertThat(sync().exitCode()).isZero();
        spoil();
        for (int i = 0; i < 2; i++) {
            assertThat(sync("--force").out()).containsPattern("failed +1\n").doesNotContain("quarantined");
        }
        assertThat(sync("--force").out()).containsPattern(QUARANTINED);
    }

    @ParameterizedTest
    @CsvSource({
        "source, GET, 503, 1",
        "source, GET, 403, 1",
        "source, GET, 429, 1",
        "destination, PUT, 403, 1",
        "destination, PUT, 405, 3",
        "destination, PUT, 413, 1",
        "destination, PUT, 507, 3",
        "destination, PUT, 500, 1"
    })
    void triesImageEveryTimeOnOtherFailures(String side, String method, int status, int exitCode) {
        stage.with(Hurry.TO_RETRY);
        Fault fault = Fault.on(method, "/bad/manifests/.*").status(status).always();
        (side.equals("source") ? stage.source() : stage.destination()).fault(fault);
        for (int i = 0; i < 4; i++) {
            Result run = sync();
            assertThat(run.exitCode()).isEqualTo(exitCode);
            assertThat(run.out()).containsPattern("failed +1\n").doesNotContain("quarantined");
        }
    }

    @Test
    void quarantinesImageOfRefusedType() {
        stage.destination()
                .fault(Fault.on("PUT", "/bad/manifests/.*").status(400).always());
        syncEveryHour(3);
        assertThat(sync().out()).containsPattern(QUARANTINED).contains("    bad:1  destination: HTTP 400");
        assertThat(asked()).isZero();
    }

    @Test
    void triesImageAfterClockWasSetBack() {
        quarantine();
        now = now.minus(Duration.ofDays(30));
        sync();
        assertThat(asked()).isPositive();
    }

    @Test
    void reportsQuarantineInTestAndMonitor() {
        quarantine();
        stage.at(Clock.fixed(now, ZoneOffset.UTC));

        assertThat(stage.run("test").out())
                .contains("  quarantined  bad:1  (source: ", "0 to copy, 2 up to date", "0 failed, 1 quarantined");
        assertThat(stage.run("test", "--retry-quarantined").out()).containsPattern("  copy  bad:1 -> \\S+  \\(new\\)");
        assertThat(stage.run("monitor", "--count=1").out()).contains("0 waiting, first look, 1 quarantined");
        assertThat(stage.run("monitor", "--count=1", "--retry-quarantined").out())
                .contains("1 waiting, first look\n");
        assertThat(sync().out()).as("they have changed nothing").containsPattern(QUARANTINED);
    }

    @Test
    void includesQuarantineInReports() throws IOException {
        quarantine();
        Path json = folder.resolve("run.json");
        Path html = folder.resolve("run.html");

        Result run = sync("--report=" + json, "--report=" + html, "--log-format=json");

        var schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Files.readString(SCHEMA));
        assertThat(schema.validate(Files.readString(json), InputFormat.JSON)).isEmpty();
        assertThat(json).content().contains("\"quarantined\":1", "\"image\":\"bad:1\",\"digest\":\"" + bad.digest());
        assertThat(html).content().contains("in quarantine: bad:1").doesNotContain("all done");
        assertThat(run.err().lines().reduce((_, last) -> last).orElseThrow())
                .contains("run-finished", "\"quarantined\":1");
    }

    @Test
    void triesAllWithoutFileAndSetsDamagedFileAside() throws IOException {
        quarantine();
        Files.writeString(state().getFirst(), "# gcrsync quarantine 1: x\nbad:1 once\n");

        Result damaged = sync();

        assertThat(asked()).isPositive();
        assertThat(damaged.out()).containsPattern("failed +1\n").doesNotContain("quarantined");
        assertThat(state()).hasSize(2).anyMatch(file -> file.toString().endsWith(".damaged"));

        for (Path file : state()) {
            Files.delete(file);
        }
        assertThat(sync().out()).containsPattern("failed +1\n").doesNotContain("quarantined");
    }

    @Test
    void forgetsImageThatIsNoLongerSelected() throws IOException {
        quarantine();
        assertThat(sync("--exclude-repository=^bad$").exitCode()).isZero();
        assertThat(state()).isEmpty();
    }
}
