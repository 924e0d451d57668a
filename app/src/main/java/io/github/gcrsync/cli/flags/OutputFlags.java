package io.github.gcrsync.cli.flags;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;

/** The flags that say what a run shows, and where its reports go. */
public final class OutputFlags {
    private static final String LOG_FORMAT = "--log-format";

    public enum LogFormat {
        text,
        json
    }

    /** Whether the errors of a command with these flags are to be events too. */
    public static boolean speaksJson(ParseResult command) {
        return command.matchedOptionValue(LOG_FORMAT, LogFormat.text) == LogFormat.json;
    }

    public boolean speaksJson() {
        return logFormat == LogFormat.json;
    }

    @Option(names = "--quiet", description = "Tell failures only; the exit code tells the rest.")
    public boolean quiet;

    @Option(
            names = "--no-progress",
            description = "Lines instead of bars, as without a terminal, with NO_COLOR and in CI.")
    public boolean noProgress;

    @Option(
            names = LOG_FORMAT,
            paramLabel = "text|json",
            defaultValue = "text",
            description = "What standard error gets: text, or one JSON object per event (default: ${DEFAULT-VALUE}).")
    public LogFormat logFormat = LogFormat.text;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description =
                    "Write what the run did to a file: a page if its name ends in .html, else JSON. May be repeated.")
    public List<Path> reports = new ArrayList<>();
}
