package io.github.gcrsync.cli.flags;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The flags for rate limits. */
public final class LimitOptions {
    private static final Pattern BYTES = Pattern.compile("(\\d{1,9})(B|kB|MB|GB|KiB|MiB|GiB)");

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
        @Override
        public Long convert(String value) {
            return bytes(value.replaceFirst("/s$", ""))
                    .orElseThrow(() -> new TypeConversionException(
                            "'" + value + "' is not a rate; write 50MB/s, with B, kB, MB, GB, KiB, MiB or GiB"));
        }
    }

    /** Parses bytes. */
    public static final class Size implements picocli.CommandLine.ITypeConverter<Long> {
        @Override
        public Long convert(String value) {
            return bytes(value)
                    .orElseThrow(() -> new TypeConversionException(
                            "'" + value + "' is not a size; write 4GiB, with B, kB, MB, GB, KiB, MiB or GiB"));
        }
    }

    /** Returns empty if the text is not a positive number with a unit. */
    private static Optional<Long> bytes(String text) {
        Matcher parts = BYTES.matcher(text);
        if (!parts.matches() || Long.parseLong(parts.group(1)) == 0) {
            return Optional.empty();
        }
        long unit = switch (parts.group(2)) {
            case "kB" -> 1000;
            case "MB" -> 1_000_000;
            case "GB" -> 1_000_000_000;
            case "KiB" -> 1L << 10;
            case "MiB" -> 1L << 20;
            case "GiB" -> 1L << 30;
            default -> 1;
        };
        return Optional.of(Math.multiplyExact(Long.parseLong(parts.group(1)), unit));
    }
}
