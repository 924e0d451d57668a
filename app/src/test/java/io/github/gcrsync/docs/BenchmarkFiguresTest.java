package io.github.gcrsync.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The figures on the front pages match the last full run of {@code bench/run}. */
final class BenchmarkFiguresTest {
    private static final JsonNode RESULTS =
            Yaml.json(ProjectFiles.text(ProjectFiles.ROOT.resolve("docs/benchmarks/results.json")));

    /** In the order of the pages. */
    private static final List<Line> LINES = List.of(
            new Line("small", "gcrsync"),
            new Line("run60", "gcrsync"),
            new Line("warm", "gcrsync (GCR-like source)"),
            new Line("day", "gcrsync (GCR-like source)"),
            new Line("large", "gcrsync"),
            new Line("tls", "gcrsync"),
            new Line("real", "gcrsync"),
            new Line("far", "gcrsync"),
            new Line("both-far", "gcrsync"),
            new Line("far-large", "gcrsync"),
            new Line("two", "gcrsync"));

    /** A row of the results, and the name of gcrsync in it. */
    private record Line(String row, String ours) {
        JsonNode tools() {
            return RESULTS.at("/rows/" + row + "/tools");
        }

        /** The last two cells of the line. */
        String figures() {
            JsonNode tools = tools();
            String best = tools.propertyNames().stream()
                    .filter(name -> tools.get(name).get("peer").asBoolean())
                    .min(Comparator.comparingDouble(name -> median(name, run -> number(run, "wall_s"))))
                    .orElseThrow();
            return "| " + figures(ours) + " | " + best.replaceFirst(" .*", "") + ": " + figures(best) + " |";
        }

        private String figures(String tool) {
            double most = runs(tool).stream()
                    .mapToDouble(run -> number(run, "peak_rss_mib"))
                    .max()
                    .orElseThrow();
            return String.format(
                    Locale.ROOT,
                    "%.2f s, %,.0f, %.0f MiB",
                    median(tool, run -> number(run, "wall_s")),
                    median(tool, run -> number(run, "source_requests") + number(run, "destination_requests")),
                    most);
        }

        private List<JsonNode> runs(String tool) {
            return List.copyOf(tools().get(tool).get("runs").values());
        }

        private double median(String tool, ToDoubleFunction<JsonNode> figure) {
            double[] sorted = runs(tool).stream().mapToDouble(figure).sorted().toArray();
            return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
        }

        private static double number(JsonNode run, String name) {
            return run.get(name).asDouble();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "README.zh-CN.md"})
    void showsMeasuredFiguresOnFrontPages(String page) {
        List<String> lines = ProjectFiles.text(ProjectFiles.ROOT.resolve(page))
                .lines()
                .filter(line -> line.matches("\\|.* MiB \\|"))
                .toList();

        assertThat(RESULTS.get("rounds").asInt()).isEqualTo(5);
        assertThat(lines).hasSameSizeAs(LINES);
        assertThat(lines).zipSatisfy(LINES, (line, row) -> assertThat(line).endsWith(row.figures()));
    }
}
