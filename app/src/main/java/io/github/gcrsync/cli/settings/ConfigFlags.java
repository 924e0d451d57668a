package io.github.gcrsync.cli.settings;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flag for the configuration file. {@link Settings} reads it before the parser does. */
public final class ConfigFlags {
    public static final String FLAG = "--config";

    @Option(
            names = FLAG,
            paramLabel = "FILE",
            description =
                    "YAML file with flags as keys (default: ./gcrsync.yaml, if it exists). Every flag is also an environment variable: GCRSYNC_PROCESSLIMIT for --processlimit. Flags override variables; variables override the file.")
    @Nullable
    Path file;
}
