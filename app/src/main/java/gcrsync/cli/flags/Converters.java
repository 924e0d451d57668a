package gcrsync.cli.flags;

import gcrsync.config.GoDuration;
import gcrsync.content.Location;
import gcrsync.http.client.Proxy;
import gcrsync.oci.Reference;
import gcrsync.oci.RepositoryName;
import gcrsync.rule.NameTemplate;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Readers of values that say what is wrong with a bad one. */
public final class Converters {
    private Converters() {}

    static final class Host implements ITypeConverter<String> {
        @Override
        public String convert(String value) {
            return checked(() -> Reference.canonicalHost(Reference.checkedHost(value)));
        }
    }

    static final class Name implements ITypeConverter<RepositoryName> {
        @Override
        public RepositoryName convert(String value) {
            return checked(() -> new RepositoryName(value));
        }
    }

    static final class Place implements ITypeConverter<Location> {
        @Override
        public Location convert(String value) {
            return checked(() -> Location.parse(value));
        }
    }

    public static final class Time implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            Duration duration = checked(() -> GoDuration.parse(value));
            if (duration.isZero()) {
                throw new TypeConversionException("must be longer than nothing");
            }
            return duration;
        }
    }

    static final class ProxyServer implements ITypeConverter<Proxy> {
        @Override
        public Proxy convert(String value) {
            return checked(() -> Proxy.parse(value));
        }
    }

    static final class Regex implements ITypeConverter<Pattern> {
        @Override
        public Pattern convert(String value) {
            return checked(() -> Pattern.compile(value));
        }
    }

    static final class Zone implements ITypeConverter<ZoneId> {
        @Override
        public ZoneId convert(String value) {
            try {
                return ZoneId.of(value);
            } catch (DateTimeException e) {
                throw new TypeConversionException(
                        "'" + value + "' is not a time zone; write Europe/Berlin, UTC or +08:00");
            }
        }
    }

    static final class Template implements ITypeConverter<NameTemplate> {
        @Override
        public NameTemplate convert(String value) {
            return checked(() -> NameTemplate.parse(value));
        }
    }

    /** -1 for all, else a number of images. */
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

    static <T> T checked(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
