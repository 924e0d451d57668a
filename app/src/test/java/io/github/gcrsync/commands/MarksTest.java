package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.rule.Shard;
import io.github.gcrsync.testkit.Fault;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** sync records since when mirrored images are gone at the source or no longer selected. */
final class MarksTest extends OnStage {
    private static final Pattern MARK = Pattern.compile(" (gone|unselected)=(\\d+)");
    private static final Instant FIRST = Instant.parse("2026-01-01T00:00:00Z");

    @BeforeEach
    void mirrorTwoRepositories() {
        at(0);
        List.of("a:1", "a:2", "b:1", "b:2").forEach(image -> stage.offer(image, image.hashCode()));
        sync();
    }

    private void at(int seconds) {
        stage.at(Clock.fixed(FIRST.plusSeconds(seconds), ZoneOffset.UTC));
    }

    private Result sync(String... flags) {
        Result result = stage.run("sync", flags);
        assertThat(result.exitCode()).as("%s", result).isZero();
        return result;
    }

    /** Returns the marks by image, with seconds since the first run. */
    private SortedMap<String, String> marks() {
        SortedMap<String, String> marks = new TreeMap<>();
        for (String line : stage.metadata().file("ImageDigests").lines().toList()) {
            MARK.matcher(line)
                    .results()
                    .map(mark -> mark.group(1) + "=" + (Long.parseLong(mark.group(2)) - FIRST.getEpochSecond()))
                    .forEach(mark -> marks.merge(line.split(" ")[0], mark, (one, other) -> one + " " + other));
        }
        return marks;
    }

    @Test
    void marksGoneAndUnselectedImagesUntilTheyAreBack() throws Exception {
        stage.source().delete("ns/a", "2");
        at(10);
        Result first = sync(
                "--exclude-repository=b",
                "--report=" + folder.resolve("report.json"),
                "--report=" + folder.resolve("report.html"),
                "--metrics-file=" + folder.resolve("metrics.prom"));
        assertThat(first.out())
                .contains("  gone at source       1  recorded images that stay; gcrsync prune lists them\n")
                .contains("  unselected           2  recorded images that stay; gcrsync prune lists them\n");
        assertThat(folder.resolve("report.json")).content().contains("\"goneAtSource\":1,\"unselected\":2");
        assertThat(folder.resolve("report.html"))
                .content()
                .contains("<b>1</b><span>recorded, gone at the source</span>")
                .contains("<b>2</b><span>recorded, no longer selected</span>");
        assertThat(folder.resolve("metrics.prom"))
                .content()
                .containsPattern("gcrsync_images\\{.*state=\"gone_at_source\"} 1")
                .containsPattern("gcrsync_images\\{.*state=\"unselected\"} 2");
        assertThat(marks())
                .hasSize(3)
                .containsEntry("a:2", "gone=10")
                .containsEntry("b:1", "unselected=10")
                .containsEntry("b:2", "unselected=10");

        stage.source().delete("ns/b", "2");
        at(20);
        sync("--exclude-repository=b");
        assertThat(marks()).hasSize(3).containsEntry("a:2", "gone=10").containsEntry("b:2", "gone=20 unselected=10");

        stage.offer("a:2", "a:2".hashCode());
        stage.offer("b:2", 99);
        at(30);
        assertThat(sync().out()).doesNotContain("gone at source").doesNotContain("unselected");
        assertThat(marks()).isEmpty();
        assertThat(stage.metadata().commits()).hasSize(4);
        assertThat(stage.metadata().readme())
                .as("the changelog has only copies")
                .contains("Update(num: 4)", "(num: 1)");
    }

    @Test
    void countsMarksInSummaryForGitHub() {
        stage.source().delete("ns/a", "2");
        Map<String, String> environment = new HashMap<>(stage.environment());
        environment.put("GITHUB_STEP_SUMMARY", folder.resolve("step.md").toString());

        InProcess.run(environment, stage.arguments("sync", "--exclude-repository=b"));

        assertThat(folder.resolve("step.md"))
                .content()
                .contains("Recorded images that stay at the destination: 1 gone at the source, 2 no longer selected");
    }

    @Test
    void costsNothingIfNothingChanged() {
        stage.source().delete("ns/a", "2");
        sync("--exclude-repository=b");
        int commits = stage.metadata().commits().size();
        stage.source().log().clear();
        stage.destination().log().clear();
        at(10);

        sync("--exclude-repository=b");

        assertThat(stage.metadata().commits()).hasSize(commits);
        assertThat(stage.destination().log().count()).isZero();
        assertThat(stage.source().log().count("GET", "/manifests/")).isZero();
    }

    @Test
    void marksNothingInOtherRuns() {
        stage.source().delete("ns/a", "2");
        int commits = stage.metadata().commits().size();

        assertThat(stage.run("test", "--exclude-repository=b").exitCode()).isZero();
        assertThat(stage.run("monitor", "--count=1").exitCode()).isZero();

        assertThat(stage.metadata().commits()).hasSize(commits);
    }

    @Test
    void marksOnlyImagesOfOwnShard() {
        List.of("a", "b").forEach(name -> {
            stage.source().delete("ns/" + name, "1");
            stage.source().delete("ns/" + name, "2");
        });
        stage.offer("c:1", 1);
        List<String> own = Stream.of("a:1", "a:2", "b:1", "b:2")
                .filter(image -> new Shard(1, 3)
                        .includes(stage.source().host() + "/" + Stage.NAMESPACE + "/" + image.substring(0, 1)))
                .toList();

        sync("--shard=1/3");
        assertThat(marks().keySet()).containsExactlyElementsOf(own);
        sync("--shard=2/3");
        sync("--shard=3/3");
        assertThat(marks()).containsOnlyKeys("a:1", "a:2", "b:1", "b:2");
    }

    @Test
    void marksNothingThatCouldNotBeRead() {
        stage.source().delete("ns/a", "2");
        stage.source().fault(Fault.on("GET", "/v2/ns/b/tags/list").status(403).always());

        Result result = stage.run("sync");

        assertThat(result.exitCode()).as("%s", result).isEqualTo(1);
        assertThat(marks()).containsOnlyKeys("a:2");
    }

    @Test
    void marksNothingThatWaitsFailsOrIsForced() {
        stage.offer("a:1", 10);
        stage.offer("b:1", 11);
        sync("--processcount=1");
        assertThat(marks()).isEmpty();

        stage.offer("a:2", 12);
        stage.source().fault(Fault.on("GET", "/v2/ns/a/blobs/.*").status(404).always());
        for (int run = 0; run < 4; run++) {
            assertThat(stage.run("sync").exitCode()).isEqualTo(1);
        }
        assertThat(stage.run("sync").out()).containsPattern("quarantined +1 ");
        assertThat(marks()).isEmpty();

        sync("--force", "--exclude-repository=a");
        assertThat(marks()).containsOnlyKeys("a:1", "a:2");
    }

    @Test
    void marksNothingIfSourceCannotBeListed() {
        stage.source()
                .fault(Fault.on("GET", "/v2/(_catalog|ns/tags/list)")
                        .status(403)
                        .always());
        Result failed = stage.run("sync");
        assertThat(failed.exitCode()).as("%s", failed).isNotZero();
        assertThat(marks()).isEmpty();
    }
}
