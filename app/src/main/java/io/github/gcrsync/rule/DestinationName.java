package io.github.gcrsync.rule;

import io.github.gcrsync.content.Location;
import java.util.regex.Pattern;

/**
 * Names a destination of a mirror, in output and in the name of its ledger.
 *
 * @param text of a-z, 0-9, '.', '_' and '-', beginning with a letter or a digit
 * @param isShown whether output must name the destination, since the mirror has several
 */
public record DestinationName(String text, boolean isShown) {
    private static final int LONGEST = 100;
    private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9._-]*+");

    /** @throws IllegalArgumentException if the text is not a name */
    public DestinationName {
        if (text.length() > LONGEST || !FORM.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "'" + text
                            + "' is not a name of a destination; use a-z, 0-9, '.', '_' and '-', beginning with a letter or a digit");
        }
    }

    /** Makes a name of the location: HOST/PATH or DIR, with '-' for other characters. */
    public static DestinationName of(Location location, boolean isShown) {
        String text = location.toString().replaceFirst("^oci:", "").replaceAll("[^a-z0-9._-]", "-");
        String name = text.replaceFirst("^[^a-z0-9]+", "");
        return new DestinationName(
                name.isEmpty() ? "destination" : name.substring(0, Math.min(name.length(), LONGEST)), isShown);
    }
}
