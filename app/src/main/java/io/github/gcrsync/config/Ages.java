package io.github.gcrsync.config;

import java.time.Duration;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses ages: {@code 3d}, {@code 12h}, {@code 1d12h30m}; 0 is no limit. */
public final class Ages {
    private static final Pattern FORM =
            Pattern.compile("(?=.)(?:(\\d{1,5})d)?(?:(\\d{1,6})h)?(?:(\\d{1,6})m)?(?:(\\d{1,6})s)?");

    private Ages() {}

    /** @throws IllegalArgumentException if the text is not an age, or is negative */
    public static Duration parse(String text) {
        Matcher form = FORM.matcher(text);
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        if (!form.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not an age; write days, hours, minutes and seconds, such as 3d, 12h or 1d12h");
        }
        return Duration.ofDays(part(form, 1))
                .plusHours(part(form, 2))
                .plusMinutes(part(form, 3))
                .plusSeconds(part(form, 4));
    }

    private static long part(MatchResult form, int group) {
        String digits = form.group(group);
        return digits == null ? 0 : Long.parseLong(digits);
    }
}
