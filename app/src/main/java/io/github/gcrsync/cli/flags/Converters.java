package io.github.gcrsync.cli.flags;

import io.github.gcrsync.check.drift.Sample;
import io.github.gcrsync.cli.flags.LimitOptions.HostLimit;
import io.github.gcrsync.config.Ages;
import io.github.gcrsync.config.GoDuration;
import io.github.gcrsync.config.Numbers;
import io.github.gcrsync.config.Percentages;
import io.github.gcrsync.content.ImageLocation;
import io.github.gcrsync.content.Location;
import io.github.gcrsync.http.client.Proxy;
import io.github.gcrsync.oci.Platform;
import io.github.gcrsync.oci.Platforms;
import io.github.gcrsync.oci.Reference;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.prune.PruneRule.When;
import io.github.gcrsync.rule.AgeLimits.FirstRun;
import io.github.gcrsync.rule.MirrorRule.RequiredSignature;
import io.github.gcrsync.rule.NamePattern;
import io.github.gcrsync.rule.NameTemplate;
import io.github.gcrsync.rule.RepositoryPattern;
import io.github.gcrsync.rule.Shard;
import io.github.gcrsync.rule.TagSelection.By;
import io.github.gcrsync.rule.TagSelection.Per;
import io.github.gcrsync.rule.VersionRange;
import io.github.gcrsync.run.CheckpointInterval;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parsers of flag values with helpful errors. */
public final class Converters {
    private Converters() {}

    /** Registers parsers of the types that check values themselves; call it after all commands are added. */
    public static void register(CommandLine program, Map<String, String> environment) {
        program.registerConverter(RepositoryName.class, refusing(RepositoryName::new))
                .registerConverter(Location.class, refusing(Location::parse))
                .registerConverter(ImageLocation.class, refusing(ImageLocation::parse))
                .registerConverter(Proxy.class, refusing(Proxy::parse))
                .registerConverter(Pattern.class, refusing(Converters::expression))
                .registerConverter(By.class, refusing(value -> choice(value, By.values())))
                .registerConverter(Per.class, refusing(value -> choice(value, Per.values())))
                .registerConverter(FirstRun.class, refusing(value -> choice(value, FirstRun.values())))
                .registerConverter(When.class, refusing(value -> choice(value, When.values())))
                .registerConverter(TagFlags.Moved.class, refusing(value -> choice(value, TagFlags.Moved.values())))
                .registerConverter(Platform.class, refusing(Platform::parse))
                .registerConverter(Platforms.Index.class, refusing(value -> choice(value, Platforms.Index.values())))
                .registerConverter(NamePattern.class, refusing(NamePattern::parse))
                .registerConverter(RepositoryPattern.class, refusing(RepositoryPattern::parse))
                .registerConverter(VersionRange.class, refusing(VersionRange::parse))
                .registerConverter(NameTemplate.class, refusing(NameTemplate::parse))
                .registerConverter(CheckpointInterval.class, refusing(CheckpointInterval::parse))
                .registerConverter(Duration.class, refusing(Converters::duration))
                .registerConverter(Sample.class, refusing(Sample::parse))
                .registerConverter(HostLimit.class, refusing(Converters::limit))
                .registerConverter(Shard.class, refusing(value -> ShardFlags.parse(value, environment)))
                .registerConverter(ZoneId.class, refusing(Converters::zone));
    }

    private static <T> ITypeConverter<T> refusing(Function<String, T> reading) {
        return value -> refused(reading, value);
    }

    private static <T> T refused(Function<String, T> reading, String value) {
        try {
            return reading.apply(value);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    static final class Host implements ITypeConverter<String> {
        @Override
        public String convert(String value) {
            return refused(Converters::host, value);
        }
    }

    static final class SourceLocation implements ITypeConverter<Location> {
        @Override
        public Location convert(String value) {
            return value.startsWith("oci:")
                    ? refused(Location::parse, value)
                    : new Location.Registry(new Host().convert(value), Optional.empty());
        }
    }

    /** Parses -1 for no limit, or a number of images. */
    public static final class Count implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String value) {
            return refused(Numbers::limit, value);
        }
    }

    static final class Positive implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String value) {
            return refused(Numbers::positive, value);
        }
    }

    static final class Age implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            return refused(Ages::parse, value);
        }
    }

    /** Parses a percentage as a fraction from 0 to 1. */
    public static final class Percentage implements ITypeConverter<Double> {
        @Override
        public Double convert(String value) {
            return refused(Percentages::parse, value);
        }
    }

    static final class Key implements ITypeConverter<String> {
        @Override
        public String convert(String value) {
            return refused(RequiredSignature::checkedKey, value);
        }
    }

    private static String host(String value) {
        try {
            return Reference.canonicalHost(Reference.checkedHost(value));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    e.getMessage() + "; write HOST or HOST:PORT, without a scheme and a path", e);
        }
    }

    private static Pattern expression(String value) {
        try {
            return Pattern.compile(value);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "'" + value + "' is not a regular expression: " + e.getDescription() + " at character "
                            + e.getIndex(),
                    e);
        }
    }

    private static <E extends Enum<E>> E choice(String value, E[] values) {
        return Stream.of(values)
                .filter(each -> each.name().equalsIgnoreCase(value))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + value + "' is none of "
                        + Stream.of(values)
                                .map(each -> each.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", "))));
    }

    private static Duration duration(String value) {
        Duration duration = GoDuration.parse(value);
        if (duration.isZero()) {
            throw new IllegalArgumentException("must be longer than 0");
        }
        return duration;
    }

    private static HostLimit limit(String value) {
        int equals = value.lastIndexOf('=');
        if (equals < 0) {
            throw new IllegalArgumentException("'" + value + "' has no host; write HOST=N, such as docker.io=5");
        }
        return new HostLimit(host(value.substring(0, equals)), new Positive().convert(value.substring(equals + 1)));
    }

    private static ZoneId zone(String value) {
        try {
            return ZoneId.of(value);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "'" + value + "' is not a time zone; write Europe/Berlin, UTC or +08:00");
        }
    }
}
