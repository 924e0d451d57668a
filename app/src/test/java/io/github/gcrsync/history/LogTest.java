package io.github.gcrsync.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.commands.OnStage;
import io.github.gcrsync.commands.Stage;
import io.github.gcrsync.testkit.SampleImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** gcrsync log reports the history of images from commits only. */
final class LogTest extends OnStage {
    private SampleImage first;
    private SampleImage second;

    @BeforeEach
    void threeRuns() {
        at("2026-01-01T00:00:01Z");
        first = stage.offer("a:1", 1);
        stage.offer("a/b:1", 2);
        assertThat(stage.run("sync").exitCode()).isZero();
        at("2026-01-02T00:00:02Z");
        second = stage.offer("a:1", 3);
        stage.offer("a:2", 4);
        stage.place("c:1", stage.offer("c:1", 5));
        assertThat(stage.run("sync").exitCode()).isZero();
    }

    @Test
    void printsHistoryOfImageNewestFirst() {
        Result result = stage.run("log", "a:1", "--timezone=UTC");

        assertThat(result.exitCode()).as("%s", result).isZero();
        List<String> commits = stage.metadata().commits();
        assertThat(result.out().lines())
                .containsExactly(
                        "2026-01-02 00:00:02 +0000  moved     a:1  " + shortened(first) + " -> " + shortened(second)
                                + "  (commit " + commits.get(0).substring(0, 10) + ")",
                        "2026-01-01 00:00:01 +0000  mirrored  a:1  " + shortened(first) + "  (commit "
                                + commits.get(1).substring(0, 10) + ")");
    }

    @Test
    void printsTimesInTimeZone() {
        assertThat(stage.run("log", "a:2").out()).startsWith("2026-01-02 08:00:02 +0800  mirrored  a:2 ");
    }

    @Test
    void printsAllTagsOfRepository() {
        assertThat(stage.run("log", "a").out().lines())
                .hasSize(3)
                .allSatisfy(line -> assertThat(line).containsPattern(" a:[12] "));
    }

    @Test
    void printsAllImagesByDefault() {
        Result result = stage.run("log");

        assertThat(result.out().lines()).hasSize(5);
        assertThat(result.out()).containsPattern("mirrored +a/b:1 ").containsPattern("mirrored +c:1 ");
    }

    @Test
    void printsCompleteDigestOfPrunedImage() throws Exception {
        Path digests = stage.metadata().path().resolve(Stage.NAMESPACE).resolve("ImageDigests");
        Files.writeString(digests, Files.readString(digests).replaceAll("a:1 .*\n", ""));
        stage.metadata().commitAll("Auto prune at 2026-01-03 08:00:00");

        assertThat(stage.run("log", "a:1").out().lines().findFirst().orElseThrow())
                .contains("  pruned    a:1  " + second.digest() + "  (commit ");
    }

    @Test
    void reportsUnrecordedImage() {
        Result result = stage.run("log", "a:3");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).startsWith("gcrsync: a:3 is not recorded in").contains(folder.toString());
    }

    @Test
    void createsNoMetadataRepository() {
        Result result = stage.run("log", "a:1", "--metadata=" + folder.resolve("elsewhere"));

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(folder.resolve("elsewhere")).doesNotExist();
    }

    private void at(String time) {
        stage.at(Clock.fixed(Instant.parse(time), ZoneOffset.UTC));
    }

    private static String shortened(SampleImage image) {
        return image.digest().substring(0, "sha256:".length() + 12);
    }
}
