package io.github.gcrsync.cli.flags;

import io.github.gcrsync.oci.Platform;
import io.github.gcrsync.oci.Platforms;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Which platforms of an image are copied. */
public final class PlatformFlags {
    @Option(
            names = "--platform",
            paramLabel = "OS/ARCH",
            description =
                    "Copy only this platform, such as linux/arm64 or linux/arm/v6; may be repeated (default: all platforms).")
    public List<Platform> platforms = new ArrayList<>();

    @Option(
            names = "--index",
            paramLabel = "FORM",
            defaultValue = "sparse",
            description =
                    "With --platform: sparse keeps the index and its digest, although it names platforms that are not copied; rewrite removes them from the index, which changes its digest (default: ${DEFAULT-VALUE}).")
    public Platforms.Index index = Platforms.Index.SPARSE;

    public Platforms wanted() {
        return new Platforms(platforms, index);
    }
}
