package io.github.gcrsync.config;

import io.github.gcrsync.config.ConfigNode.Mapping;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * When {@code gcrsync server} runs a mirror, as the file says it.
 *
 * @param text {@code every AGE}, or the five fields of cron, of which only the form is checked
 * @param zone of the fields; empty: that of the machine
 * @param at the position in the file
 */
public record MirrorSchedule(String text, Optional<ZoneId> zone, String at) {
    static final String KEY = "schedule";
    static final String ZONE = "zone";
    /** Begins an interval. */
    public static final String EVERY = "every ";

    private static final Pattern FIELDS = Pattern.compile("[0-9A-Za-z*,/-]+(?: +[0-9A-Za-z*,/-]+){4}");

    /** Returns the schedule of a mirror; empty if it has none, or turns off that of the defaults. */
    static Optional<MirrorSchedule> of(Problems problems, Mapping own, Mapping defaults) {
        Optional<ZoneId> zone = own.get(ZONE)
                .or(() -> defaults.get(ZONE))
                .flatMap(node -> problems.value(ZONE, node, MirrorSchedule::checkedZone));
        return own.get(KEY)
                .or(() -> defaults.get(KEY))
                .filter(node -> !node.isFalse())
                .flatMap(node -> problems.value(KEY, node, MirrorSchedule::checked)
                        .map(text -> new MirrorSchedule(text, zone, node.at().toString())));
    }

    private static String checked(String text) {
        if (text.startsWith(EVERY)) {
            if (Ages.parse(text.substring(EVERY.length())).isZero()) {
                throw new IllegalArgumentException("'" + text + "' must be longer than 0");
            }
        } else if (!FIELDS.matcher(text).matches()) {
            throw new IllegalArgumentException("'" + text
                    + "' is not a schedule; write every and an age, such as every 6h, or the five fields of cron, such as"
                    + " 30 2 * * *");
        }
        return text;
    }

    private static ZoneId checkedZone(String text) {
        try {
            return ZoneId.of(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a time zone; write Europe/Berlin, UTC or +08:00", e);
        }
    }
}
