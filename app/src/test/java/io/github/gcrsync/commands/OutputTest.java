package io.github.gcrsync.commands;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.github.gcrsync.cli.InProcess;
import io.github.gcrsync.cli.InProcess.Result;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.SampleLayer;
import io.github.gcrsync.text.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The output of a run, for people and for programs. */
final class OutputTest extends OnStage {
    private static final Path SCHEMA =
            Path.of(System.getProperty("gcrsync.root", "..")).resolve("docs/report.schema.json");
    private static final String HOSTILE = "<script>alert('x')</script> | `a` \\u001b[2J";

    @BeforeEach
    void offer() {
        stage.offer("good:1", 1);
        stage.offer("good:2", 2);
        stage.offer("bad:1", 3);
        stage.source()
                .fault(Fault.on("GET", ".*/bad/manifests/.*")
                        .status(403, "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"" + HOSTILE + "\"}]}")
                        .always());
    }

    @Test
    void printsOnlyFailuresWithQuiet() {
        Result run = stage.run("sync", "--quiet");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines()).singleElement().asString().startsWith("FAILED   bad:1  source: ");
    }

    @Test
    void printsNothingWithQuietOnSuccess() {
        stage.source().clearFaults();

        Result run = stage.run("sync", "--quiet");

        assertThat(run).isEqualTo(new Result(0, "", ""));
    }

    @Test
    void printsAdviceAndCostInSummary() {
        Result run = stage.run("sync");

        assertThat(run.out())
                .contains("    bad:1  source: ")
                .contains("      what to do: log in to the source")
                .containsPattern("  requests +\\d+  .*\\d+ to 127.0.0.1:\\d+ \\(source\\)")
                .containsPattern("\\d+ to 127.0.0.1:\\d+ \\(destination\\)")
                .doesNotContain("\u001b");
    }

    @Test
    void printsTransferSavingsAndExclusionsInSummary() {
        SampleLayer shared = SampleImages.layer(7, 20);
        for (String name : List.of("first", "second", "third")) {
            stage.source().put(Stage.NAMESPACE + "/" + name, "1", SampleImages.oci("linux/amd64", shared));
        }
        stage.offer("good:3-alpha", 4);
        stage.offer("good-arm:1", 5);
        stage.place("good:2", stage.offer("good:2", 2));

        Result run = stage.run("sync");

        assertThat(run.out())
                .containsPattern(
                        "(?m)^  copied               4  \\d+\\.\\d kB pulled, \\d+\\.\\d kB saved: \\d+ blobs mounted$")
                .containsPattern("(?m)^  up to date           0$")
                .containsPattern("(?m)^  already there        1  found at the destination, recorded$")
                .containsPattern("(?m)^  excluded             2  ")
                .containsPattern("(?m)^ {22} 1  repository name contains -arm, -ppc or -s390x .*\n {26}good-arm:1$")
                .containsPattern("(?m)^ {22} 1  tag contains alpha, beta, rc or test, .*\n {26}good:3-alpha$")
                .containsPattern("(?m)^  failed               1$")
                .containsPattern("(?m)^  took +\\d+\\.\\d s$")
                .containsPattern("(?m)^recorded in .*/metadata as commit [0-9a-f]{10}$");
    }

    @Test
    void printsAdviceOnceForAdjacentFailures() {
        stage.offer("bad:2", 6);

        Result run = stage.run("sync");

        assertThat(run.out())
                .containsSubsequence(
                        "    bad:1  source: ", "    bad:2  source: ", "      what to do: log in to the source")
                .containsOnlyOnce("what to do");
    }

    @Test
    void printsOneJsonObjectPerEvent() {
        Result run = stage.run("sync", "--log-format", "json");

        List<Map<?, ?>> events = run.err()
                .lines()
                .<Map<?, ?>>map(line -> (Map<?, ?>) Json.tree(line.getBytes(StandardCharsets.UTF_8)))
                .toList();
        assertThat(events).allSatisfy(event -> assertThat(event.get("time")).isNotNull());
        assertThat(events)
                .extracting(event -> String.valueOf(event.get("event")))
                .startsWith("run-started")
                .contains("image-started", "image-copied", "image-failed", "blob-arrived", "recorded")
                .endsWith("run-finished");
        assertThat(run.err()).doesNotContain("\u001b");
    }

    @Test
    void printsStartFailureAsEvent() {
        Result run = stage.run("sync", "--log-format=json", "--namespace=nowhere", "--report=" + folder + "/no/r.json");

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).startsWith("{").contains("\"event\":\"error\"").contains("its folder does not exist");
    }

    @Test
    void matchesReportSchema() throws IOException {
        Path report = folder.resolve("run.json");
        for (int i = 0; i < 5; i++) {
            stage.offer("good:rc" + i, i);
        }

        Result run = stage.run("sync", "--report", report.toString());

        assertThat(run.exitCode()).isEqualTo(1);
        var schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Files.readString(SCHEMA));
        assertThat(schema.validate(Files.readString(report), InputFormat.JSON)).isEmpty();
        assertThat(schema.validate("{\"version\":1}", InputFormat.JSON)).isNotEmpty();
        Map<?, ?> tree = java.util.Objects.requireNonNull((Map<?, ?>) Json.tree(Files.readAllBytes(report)));
        assertThat((List<?>) tree.get("copied")).hasSize(2);
        assertThat((List<?>) tree.get("failures")).hasSize(1);
        assertThat((List<?>) tree.get("timeline")).hasSize(3);
        assertThat(tree.get("excluded"))
                .isEqualTo(Map.of(
                        "tag contains alpha, beta, rc or test, as latest does (--exclude-tag)",
                        List.of("good:rc0", "good:rc1", "good:rc2", "good:rc3", "good:rc4")));
    }

    @Test
    void escapesRegistryTextInHtmlReport() throws IOException {
        Path report = folder.resolve("run.html");

        stage.run("sync", "--report", report.toString());

        assertThat(report)
                .content()
                .contains("1 failed", "bad:1", "What to do: log in to the source", "Transfers over time")
                .doesNotContain("<script>alert", "\u001b");
    }

    @Test
    void writesSummaryForGitHub() throws IOException {
        Path page = Files.writeString(folder.resolve("summary.md"), "before\n");
        Map<String, String> environment = new HashMap<>(stage.environment());
        environment.put("GITHUB_STEP_SUMMARY", page.toString());

        InProcess.run(environment, stage.arguments("sync"));

        assertThat(page)
                .content()
                .startsWith("before\n### gcrsync: ")
                .contains("| 2 | 0 | 0 | 0 | 1 |", "| bad&#58;1 | source | ", "log in to the source")
                .containsPattern(
                        "(?m)^[0-9.]+ kB pulled, .* saved by .*\\d+ blobs? mounted.*, \\d+ requests, [0-9.]+ s$")
                .doesNotContain("<script", "`a`", "\u001b");
    }
}
