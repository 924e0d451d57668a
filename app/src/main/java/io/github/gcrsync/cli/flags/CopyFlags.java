package io.github.gcrsync.cli.flags;

import io.github.gcrsync.run.CheckpointRhythm;
import picocli.CommandLine.Option;

/** The flags that say how a run copies; {@code test} takes them as well, and copies nothing. */
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
                    "Commit and push what is done after so many images or so much time, whichever comes first (default: ${DEFAULT-VALUE}).")
    public CheckpointRhythm checkpoint = CheckpointRhythm.DEFAULT;

    @Option(
            names = "--wait-for-quota",
            description = "When the source's pull quota is used up (Docker Hub has one), sleep until it is renewed.")
    public boolean waitForQuota;
}
