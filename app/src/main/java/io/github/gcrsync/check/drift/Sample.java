package io.github.gcrsync.check.drift;

import io.github.gcrsync.oci.Digest;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of the images that is checked on one day. The parts of consecutive days adjoin each other, so that every image
 * is checked within {@link #days} days, whichever is the first.
 *
 * @param percent such as 0.5, for users
 * @param millionths of all images
 */
public record Sample(String percent, int millionths) {
    private static final int ALL = 1_000_000;
    private static final String NUMBER = "\\d{1,3}(?:\\.\\d{1,4})?";
    private static final Pattern FORM = Pattern.compile("(" + NUMBER + ")%");

    /** @throws IllegalArgumentException if the text is not a percentage */
    public static Sample parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a percentage; write "
                    + (text.matches(NUMBER) ? text + "%" : "a number with %, such as 5% or 0.5%"));
        }
        BigDecimal percent = new BigDecimal(form.group(1));
        int millionths = percent.movePointRight(4).intValueExact();
        if (millionths < 1 || millionths > ALL) {
            throw new IllegalArgumentException("'" + text + "' must be more than 0% and at most 100%");
        }
        return new Sample(percent.stripTrailingZeros().toPlainString(), millionths);
    }

    /**
     * @param image its key in the ledger, which alone decides on which days it is checked
     * @param day in UTC
     */
    public boolean includes(String image, LocalDate day) {
        byte[] hash = HexFormat.of()
                .parseHex(Digest.sha256(image.getBytes(StandardCharsets.UTF_8)).hex());
        long place = Math.floorMod(ByteBuffer.wrap(hash).getLong(), (long) ALL);
        return Math.floorMod(place - day.toEpochDay() * millionths, (long) ALL) < millionths;
    }

    /** Returns within how many days every image is checked. */
    public int days() {
        return Math.ceilDiv(ALL, millionths);
    }
}
