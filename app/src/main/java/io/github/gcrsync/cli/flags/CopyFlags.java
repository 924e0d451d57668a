package io.github.gcrsync.cli.flags;

import io.github.gcrsync.run.CheckpointInterval;
import picocli.CommandLine.Option;

/** The flags for copying; {@code test} accepts them without effect. */
public final class CopyFlags {
    @Option(
            names = "--processlimit",
            paramLabel = "N",
            defaultValue = "20",
            description = "Images to copy at a time (default: ${DEFAULT-VALUE}).",
            converter = Converters.Positive.class)
    public int processLimit;

    @Option(
            names = "--checkpoint",
            paramLabel = "N,DURATION",
            defaultValue = "100,5m",
            description =
                    "Commit and push after N images or this time, whichever comes first (default: ${DEFAULT-VALUE}).")
    public CheckpointInterval checkpoint = CheckpointInterval.DEFAULT;

    @Option(
            names = "--wait-for-quota",
            description =
                    "Sleep until the source's pull quota is renewed (Docker Hub has one) instead of ending the run.")
    public boolean waitForQuota;
}
