package io.github.gcrsync.cli.flags;

import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;

/** The flags for progress and messages. */
public class ProgressFlags {
    private static final String LOG_FORMAT = "--log-format";

    public enum LogFormat {
        text,
        json
    }

    @Option(names = "--quiet", description = "Print only failures; check the exit code for the result.")
    public boolean quiet;

    @Option(
            names = "--no-progress",
            description =
                    "Show progress as lines instead of bars; implied without a terminal, with NO_COLOR and in CI.")
    public boolean noProgress;

    @Option(
            names = LOG_FORMAT,
            paramLabel = "text|json",
            defaultValue = "text",
            description = "Format of standard error: text, or one JSON object per event (default: ${DEFAULT-VALUE}).")
    public LogFormat logFormat = LogFormat.text;

    /** Whether the errors of a command with these flags are printed as JSON events. */
    public static boolean isJson(ParseResult command) {
        return command.matchedOptionValue(LOG_FORMAT, LogFormat.text) == LogFormat.json;
    }

    public boolean isJson() {
        return logFormat == LogFormat.json;
    }
}
