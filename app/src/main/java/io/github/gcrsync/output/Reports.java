package io.github.gcrsync.output;

import io.github.gcrsync.files.WholeFile;
import io.github.gcrsync.plan.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Writes the reports of a run to files. */
public final class Reports {
    private Reports() {}

    /** Writes HTML if the name ends in {@code .html} or {@code .htm}, otherwise JSON. */
    public static void write(BatchRecord batch, Path file) throws IOException {
        String name = file.toString().toLowerCase(Locale.ROOT);
        String text = name.endsWith(".html") || name.endsWith(".htm") ? HtmlPage.of(batch) : json(batch);
        WholeFile.write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the report as JSON. */
    public static String json(BatchRecord batch) {
        return JsonReport.of(batch);
    }

    /** Returns the images of all runs by outcome, with the names of the report. */
    public static Map<String, Integer> images(BatchRecord batch) {
        return JsonReport.images(batch);
    }

    /** Returns the images of a run by outcome, with the names of the report. */
    public static Map<String, Integer> images(RunRecord run) {
        return JsonReport.images(run.report());
    }

    /** Returns the failures of all runs, with the fields of the report. */
    public static Stream<Map<String, Object>> failures(BatchRecord batch) {
        return batch.runs().flatMap(run -> run.report().failures().stream()).map(JsonReport::failure);
    }

    /** Returns a failure with the fields of the report. */
    public static Map<String, Object> failure(Failure failure) {
        return JsonReport.failure(failure);
    }

    /** Returns the style of the pages. */
    public static String css() {
        return HtmlPage.resource("report.css");
    }

    /** Appends the summary in Markdown to a file, such as the summary file of GitHub Actions. */
    public static void append(BatchRecord batch, Path file) throws IOException {
        Files.writeString(
                file,
                MarkdownReport.of(batch),
                StandardCharsets.UTF_8,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }
}
