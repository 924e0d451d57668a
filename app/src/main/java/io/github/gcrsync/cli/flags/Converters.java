package io.github.gcrsync.cli.flags;

import io.github.gcrsync.cli.flags.LimitOptions.HostLimit;
import io.github.gcrsync.config.GoDuration;
import io.github.gcrsync.content.Location;
import io.github.gcrsync.http.client.Proxy;
import io.github.gcrsync.oci.Reference;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.rule.NamePattern;
import io.github.gcrsync.rule.NameTemplate;
import io.github.gcrsync.rule.RepositoryPattern;
import io.github.gcrsync.rule.VersionRange;
import io.github.gcrsync.run.CheckpointInterval;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.function.Function;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parsers of flag values with helpful errors. */
public final class Converters {
    private Converters() {}

    /** Registers parsers of the types that check values themselves; call it after all commands are added. */
    public static void register(CommandLine program) {
        program.registerConverter(RepositoryName.class, refusing(RepositoryName::new))
                .registerConverter(Location.class, refusing(Location::parse))
                .registerConverter(Proxy.class, refusing(Proxy::parse))
                .registerConverter(Pattern.class, refusing(Pattern::compile))
                .registerConverter(NamePattern.class, refusing(NamePattern::parse))
                .registerConverter(RepositoryPattern.class, refusing(RepositoryPattern::parse))
                .registerConverter(VersionRange.class, refusing(VersionRange::parse))
                .registerConverter(NameTemplate.class, refusing(NameTemplate::parse))
                .registerConverter(CheckpointInterval.class, refusing(CheckpointInterval::parse))
                .registerConverter(Duration.class, refusing(Converters::duration))
                .registerConverter(HostLimit.class, refusing(Converters::limit))
                .registerConverter(ZoneId.class, refusing(Converters::zone));
    }

    private static <T> ITypeConverter<T> refusing(Function<String, T> reading) {
        return value -> {
            try {
                return reading.apply(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        };
    }

    static final class Host implements ITypeConverter<String> {
        @Override
        public String convert(String value) throws Exception {
            return refusing(Converters::host).convert(value);
        }
    }

    /** Parses -1 for no limit, or a number of images. */
    public static final class Count implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String value) {
            return value.equals("-1") ? Integer.valueOf(-1) : new Positive().convert(value);
        }
    }

    static final class Positive implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String value) {
            if (!value.matches("\\d{1,6}") || Integer.parseInt(value) == 0) {
                throw new TypeConversionException("'" + value + "' is not a number from 1 to 999999");
            }
            return Integer.valueOf(value);
        }
    }

    private static String host(String value) {
        return Reference.canonicalHost(Reference.checkedHost(value));
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
