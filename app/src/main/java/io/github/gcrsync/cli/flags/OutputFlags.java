package io.github.gcrsync.cli.flags;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The flags for progress, metrics and reports. */
public final class OutputFlags extends MetricsFlags {
    @Option(
            names = "--report",
            paramLabel = "FILE",
            description =
                    "Write a report of the run to a file: HTML if its name ends in .html, otherwise JSON. May be repeated.")
    public List<Path> reports = new ArrayList<>();
}
