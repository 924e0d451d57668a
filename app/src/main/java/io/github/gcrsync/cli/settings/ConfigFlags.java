package io.github.gcrsync.cli.settings;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where flags come from that are not on the command line. {@link Settings} reads it before the parser does. */
public final class ConfigFlags {
    public static final String FLAG = "--config";

    @Option(
            names = FLAG,
            paramLabel = "FILE",
            description =
                    "Flags as keys of a YAML file (default: ./gcrsync.yaml, if it is there). Every flag is also a variable: GCRSYNC_PROCESSLIMIT for --processlimit. Flags go before variables, variables before the file.")
    @Nullable
    Path file;
}
