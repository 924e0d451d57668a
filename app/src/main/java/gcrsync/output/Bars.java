package gcrsync.output;

import gcrsync.oci.Descriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The lines that a terminal shows, for any width from 40 columns: what has no room is left out, so that no line wraps.
 *
 * @param unicode whether the terminal shows block characters
 */
record Bars(boolean unicode) {
    /**
     * The run as a whole.
     *
     * @param bytes read so far
     * @param perSecond bytes lately
     * @param secondsLeft negative while nobody can say
     */
    record Total(int done, int all, int failed, long bytes, long perSecond, long secondsLeft) {}

    /** A blob under way, with the bytes of it that have been read. */
    record Blob(Descriptor blob, long read) {}

    String total(Total total, int width) {
        String head = total.done() + "/" + total.all() + " ";
        String percent = percent(total.done(), total.all());
        List<String> parts = new ArrayList<>(List.of(percent));
        if (total.failed() > 0) {
            parts.add(total.failed() + " failed");
        }
        parts.add(Sizes.bytes(total.bytes()));
        parts.add(Sizes.bytes(total.perSecond()) + "/s");
        if (total.secondsLeft() >= 0) {
            parts.add(left(total.secondsLeft()));
        }
        // The bar gives way before a part is left out, but not below what looks like one.
        int least = 6;
        String tail = String.join("  ", parts);
        while (parts.size() > 1 && head.length() + least + 1 + tail.length() > width) {
            parts.removeLast();
            tail = String.join("  ", parts);
        }
        int bar = Math.clamp(width - head.length() - tail.length() - 1, 0, 40);
        return fitted(head + bar(total.done(), total.all(), bar) + " " + tail, width);
    }

    String blob(Blob blob, int width) {
        String digest = blob.blob().digest().value();
        String name = "  " + digest.substring(digest.indexOf(':') + 1, digest.indexOf(':') + 13) + " ";
        String tail = " " + percent(blob.read(), blob.blob().size()) + "  "
                + Sizes.bytes(blob.blob().size());
        int bar = Math.clamp(width - name.length() - tail.length(), 0, 30);
        return fitted(name + bar(blob.read(), blob.blob().size(), bar) + tail, width);
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
        return line.length() <= width ? line : line.substring(0, width);
    }
}
