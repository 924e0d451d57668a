package io.github.gcrsync.cli.flags;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags for progress and metrics. */
public class MetricsFlags extends ProgressFlags {
    @Option(
            names = "--metrics-file",
            paramLabel = "FILE",
            description =
                    "Write metrics of the run to a file for node exporter's textfile collector, such as gcrsync.prom. Counters continue from the existing file.")
    @Nullable
    public Path metricsFile;
}
