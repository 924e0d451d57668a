package io.github.gcrsync.output;

import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.text.Sizes;
import java.util.List;
import java.util.Locale;

/**
 * Formats the progress lines of a terminal. None is longer than the width, so none wraps; from 40 columns on nothing is
 * cut.
 *
 * @param unicode whether the terminal shows block characters
 */
record Bars(boolean unicode) {
    private static final int MIN_BAR = 8;
    private static final int MAX_BAR = 40;
    private static final int MIN_NAME = 20;
    private static final int MAX_NAME = 40;
    private static final int DIGEST = 12;
    private static final int MAX_SIZE = "999 bytes".length();
    private static final int MAX_TIME = "9:59:59 left".length();

    /**
     * The progress of the whole run.
     *
     * @param bytes read so far
     * @param known bytes to read of the images that have started
     * @param allKnown whether all images have started
     * @param perSecond recent bytes per second
     * @param secondsLeft negative while unknown
     */
    record Total(
            int done,
            int all,
            int failed,
            int held,
            long bytes,
            long known,
            boolean allKnown,
            long perSecond,
            long secondsLeft) {}

    /**
     * Formats one line, or up to three if one is too short. Every part has a fixed width, so that only the bar moves
     * between frames.
     */
    List<String> total(Total total, int width) {
        String done = padded(
                Integer.toString(total.done()), Integer.toString(total.all()).length());
        String head = done + "/" + total.all() + " images ";
        String percent = " " + percent(total.done(), total.all());
        String failed = total.failed() == 0 ? "" : "  " + total.failed() + " failed";
        String held = total.held() == 0 ? "" : "  " + total.held() + " held";
        String whole = " of " + Sizes.bytes(Math.max(total.known(), total.bytes())) + (total.allKnown() ? "" : "+");
        String amount = "  " + padded(Sizes.bytes(total.bytes()), MAX_SIZE) + whole
                + " ".repeat(" of ".length() + MAX_SIZE + 1 - whole.length());
        String pace = "  " + padded(Sizes.bytes(total.perSecond()) + "/s", MAX_SIZE + 2) + "  "
                + padded(total.secondsLeft() < 0 ? "" : left(total.secondsLeft()), MAX_TIME);
        int room = width - head.length() - percent.length() - failed.length() - held.length();
        boolean oneLine = room - amount.length() - pace.length() >= MIN_BAR;
        int bar = Math.clamp(oneLine ? room - amount.length() - pace.length() : room, 0, MAX_BAR);
        String first = head + bar(total.done(), total.all(), bar) + percent + failed + held;
        List<String> lines = oneLine
                ? List.of(first + amount + pace)
                : amount.length() + pace.length() <= width
                        ? List.of(first, amount + pace)
                        : List.of(first, amount, pace);
        return lines.stream().map(line -> fitted(line, width)).toList();
    }

    /**
     * Formats the line of a blob in flight. Omits the digest if it would leave little space for the image's name.
     *
     * @param image that needs the blob; empty if unknown
     * @param read bytes so far
     */
    String blob(String image, Descriptor blob, long read, int width) {
        long size = blob.size();
        String tail = " " + percent(read, size) + "  " + padded(Sizes.bytes(size), MAX_SIZE);
        int room = width - "  ".length() - MIN_BAR - tail.length();
        boolean hasDigest = room >= MIN_NAME + DIGEST;
        int forName = hasDigest ? (room - DIGEST - 1) * 3 / 4 : room;
        String name = "  " + column(image, Math.min(forName - 1, MAX_NAME)) + " ";
        if (hasDigest) {
            String digest = blob.digest().value();
            int start = digest.indexOf(':') + 1;
            name += digest.substring(start, start + DIGEST) + " ";
        }
        int bar = Math.clamp(width - name.length() - tail.length(), 0, 30);
        return fitted(name + bar(read, size, bar) + tail, width);
    }

    /** Shows the end of a name that is too long, because it contains the tag. */
    private String column(String name, int width) {
        String cut = unicode ? "…" : "..";
        if (width < cut.length()) {
            return "";
        }
        String shown = name.length() <= width ? name : cut + name.substring(name.length() - width + cut.length());
        return shown + " ".repeat(width - shown.length());
    }

    /** The line for blobs without one of their own. */
    String more(int blobs, int width) {
        return fitted("  and " + blobs + " more", width);
    }

    private static String padded(String text, int width) {
        return " ".repeat(Math.max(0, width - text.length())) + text;
    }

    private String bar(long part, long whole, int width) {
        int full = whole <= 0 ? 0 : (int) Math.clamp(part * (double) width / whole, 0, width);
        return (unicode ? "█" : "#").repeat(full) + (unicode ? "░" : ".").repeat(width - full);
    }

    private static String percent(long part, long whole) {
        long percent = whole <= 0 ? 0 : Math.clamp((long) (100.0 * part / whole), 0, 100);
        return String.format(Locale.ROOT, "%3d%%", percent);
    }

    private static String left(long seconds) {
        return seconds < 3600
                ? String.format(Locale.ROOT, "%d:%02d left", seconds / 60, seconds % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d left", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }

    private static String fitted(String line, int width) {
        return (line.length() <= width ? line : line.substring(0, width)).stripTrailing();
    }
}
