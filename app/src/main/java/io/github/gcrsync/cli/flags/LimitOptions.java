package io.github.gcrsync.cli.flags;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The flags for rate limits. */
public final class LimitOptions {
    @Option(
            names = "--max-rate",
            paramLabel = "RATE",
            description =
                    "Maximum bytes per second of all connections together, in each direction: 50MB/s, 800kB/s, 4MiB/s.",
            converter = Rate.class)
    @Nullable
    public Long maxRate;

    @Option(
            names = "--requests-per-second",
            paramLabel = "HOST=N",
            description = "Maximum requests per second to one registry. May be repeated.")
    public List<HostLimit> requestsPerSecond = new ArrayList<>();

    public record HostLimit(String host, int perSecond) {}

    /** Parses bytes per second. */
    static final class Rate implements picocli.CommandLine.ITypeConverter<Long> {
        private static final Pattern RATE = Pattern.compile("(\\d{1,9})(B|kB|MB|GB|KiB|MiB|GiB)(?:/s)?");

        @Override
        public Long convert(String value) {
            Matcher rate = RATE.matcher(value);
            if (!rate.matches() || Long.parseLong(rate.group(1)) == 0) {
                throw new TypeConversionException(
                        "'" + value + "' is not a rate; write 50MB/s, with B, kB, MB, GB, KiB, MiB or GiB");
            }
            long unit = switch (rate.group(2)) {
                case "kB" -> 1000;
                case "MB" -> 1_000_000;
                case "GB" -> 1_000_000_000;
                case "KiB" -> 1L << 10;
                case "MiB" -> 1L << 20;
                case "GiB" -> 1L << 30;
                default -> 1;
            };
            return Math.multiplyExact(Long.parseLong(rate.group(1)), unit);
        }
    }
}
