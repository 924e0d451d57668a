package io.github.gcrsync.text;

import java.time.Duration;
import java.util.Locale;

/** Formats sizes, durations and counts for people. */
public final class Sizes {
    private Sizes() {}

    /** Formats in decimal units: 12.3 MB. */
    public static String bytes(long count) {
        String[] units = {"kB", "MB", "GB", "TB", "PB"};
        if (count < 1000) {
            return count + " bytes";
        }
        double value = count;
        int unit = -1;
        do {
            value /= 1000;
            unit++;
        } while (value >= 999.95 && unit < units.length - 1);
        return String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
    }

    public static String duration(Duration time) {
        if (time.toMinutes() > 0) {
            return time.toHours() > 0
                    ? String.format(Locale.ROOT, "%d h %02d min", time.toHours(), time.toMinutesPart())
                    : String.format(Locale.ROOT, "%d min %02d s", time.toMinutes(), time.toSecondsPart());
        }
        return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
    }

    public static String count(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
