package io.github.gcrsync.config;

import java.math.BigDecimal;
import java.util.regex.Pattern;

/** Parses percentages: {@code 10%}, {@code 0.5%}. */
public final class Percentages {
    private static final Pattern FORM = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,4})?)%");

    private Percentages() {}

    /**
     * Returns the fraction, from 0 to 1.
     *
     * @throws IllegalArgumentException if the text is not a percentage, or is more than 100%
     */
    public static double parse(String text) {
        var form = FORM.matcher(text);
        if (!form.matches() || new BigDecimal(form.group(1)).compareTo(BigDecimal.valueOf(100)) > 0) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a percentage; write a number from 0% to 100%, such as 10%");
        }
        return new BigDecimal(form.group(1)).movePointLeft(2).doubleValue();
    }
}
