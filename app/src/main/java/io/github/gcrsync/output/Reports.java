package io.github.gcrsync.output;

import io.github.gcrsync.files.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/** Writes what is told of a run into files. */
public final class Reports {
    private Reports() {}

    /** As one page where the name ends in {@code .html}, else as JSON. */
    public static void write(RunRecord run, Path file) throws IOException {
        String name = file.toString().toLowerCase(Locale.ROOT);
        String text = name.endsWith(".html") || name.endsWith(".htm") ? HtmlReport.of(run) : JsonReport.of(run);
        WholeFile.write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds the summary in Markdown to a file, such as GitHub Actions shows on a run's page. */
    public static void append(RunRecord run, Path file) throws IOException {
        Files.writeString(
                file,
                MarkdownReport.of(run),
                StandardCharsets.UTF_8,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }
}
