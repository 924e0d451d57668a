package io.github.gcrsync.cli.flags;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags for progress and reports. */
public final class OutputFlags extends ProgressFlags {
    @Option(
            names = "--report",
            paramLabel = "FILE",
            description =
                    "Write a report of the run to a file: HTML if its name ends in .html, otherwise JSON. May be repeated.")
    public List<Path> reports = new ArrayList<>();

    @Option(
            names = "--metrics-file",
            paramLabel = "FILE",
            description =
                    "Write metrics of the run to a file for node exporter's textfile collector, such as gcrsync.prom. Counters continue from the existing file.")
    @Nullable
    public Path metricsFile;
}
