package io.github.gcrsync.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses Go durations: {@code 500ms}, {@code 10s}, {@code 1m30s}, {@code 1.5h} (time.ParseDuration). */
public final class GoDuration {
    private static final Pattern FORM =
            Pattern.compile("\\+?(?:(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:ns|us|µs|μs|ms|s|m|h))+");
    private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d*)?|\\.\\d+)(ns|us|µs|μs|ms|s|m|h)");
    private static final Duration MAX = Duration.ofDays(365);

    private GoDuration() {}

    /** @throws IllegalArgumentException if the text is not a duration, is negative or is longer than a year */
    public static Duration parse(String text) {
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        if (text.length() > 100 || !FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a duration; write 500ms, 10s or 1m30s");
        }
        double nanos = 0;
        Matcher part = PART.matcher(text);
        while (part.find()) {
            nanos += Double.parseDouble(part.group(1)) * unit(part.group(2));
        }
        if (nanos > MAX.toNanos()) {
            throw new IllegalArgumentException("'" + text + "' is longer than a year");
        }
        return Duration.ofNanos(Math.round(nanos));
    }

    private static long unit(String name) {
        return switch (name) {
            case "ns" -> 1;
            // The micro sign and the Greek letter mu look the same, and users type both.
            case "us", "µs", "μs" -> 1_000;
            case "ms" -> 1_000_000;
            case "s" -> 1_000_000_000;
            case "m" -> 60_000_000_000L;
            default -> 3_600_000_000_000L;
        };
    }
}
