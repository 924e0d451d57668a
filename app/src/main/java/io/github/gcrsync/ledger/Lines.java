package io.github.gcrsync.ledger;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads a file line by line into one buffer; a line is the bytes between {@link #from} and {@link #to}. */
final class Lines {
    private static final int MAX = 64 << 10;

    private final InputStream in;
    private byte[] buffer = new byte[MAX];
    private int filled;
    private int from;
    private int to = -1;
    private long number;
    private boolean terminated = true;

    Lines(InputStream in) {
        this.in = in;
    }

    byte[] buffer() {
        return buffer;
    }

    int from() {
        return from;
    }

    int to() {
        return to;
    }

    /** Returns the line number, from 1. */
    long number() {
        return number;
    }

    /** Whether the current line ends in a newline; only the last line of a file may lack it. */
    boolean terminated() {
        return terminated;
    }

    String text() {
        return new String(buffer, from, to - from, StandardCharsets.UTF_8);
    }

    boolean startsWith(byte[] prefix) {
        return to - from >= prefix.length
                && Arrays.equals(buffer, from, from + prefix.length, prefix, 0, prefix.length);
    }

    /** Reads a line that begins with the prefix; returns the rest. */
    String header(String prefix) throws IOException, MalformedException {
        if (!next()) {
            throw MalformedException.damaged(number + 1, "the header ends early");
        }
        ConflictMarkers.refuse(this);
        String text = text();
        if (!text.startsWith(prefix) || !terminated) {
            throw MalformedException.damaged(number, "expected \"" + prefix.strip() + " …\"");
        }
        return text.substring(prefix.length());
    }

    /**
     * Reads a line with the version of the format.
     *
     * @param newest refuses later versions
     */
    int version(String prefix, int newest) throws IOException, MalformedException {
        String version = header(prefix);
        if (!version.matches("[1-9][0-9]{0,8}")) {
            throw MalformedException.damaged(number, "no format version");
        }
        int parsed = Integer.parseInt(version);
        if (parsed > newest) {
            throw MalformedException.newer(
                    "format version " + version + " is newer than the version " + newest + " this gcrsync knows");
        }
        return parsed;
    }

    boolean next() throws IOException, MalformedException {
        from = to + 1;
        int scanned = from;
        while (true) {
            for (int i = scanned; i < filled; i++) {
                if (buffer[i] == '\n') {
                    return found(i, true);
                }
            }
            scanned = Math.max(0, filled - from);
            if (!fill()) {
                return filled > from && found(filled, false);
            }
        }
    }

    private boolean found(int end, boolean newline) {
        to = end;
        terminated = newline;
        number++;
        return true;
    }

    /** Moves the rest to the start of the buffer and reads more; false at the end of the file. */
    private boolean fill() throws IOException, MalformedException {
        int left = Math.max(0, filled - from);
        if (left == buffer.length) {
            throw MalformedException.damaged(number + 1, "longer than " + MAX + " bytes");
        }
        System.arraycopy(buffer, Math.min(from, filled), buffer, 0, left);
        from = 0;
        filled = left;
        int read = in.read(buffer, filled, buffer.length - filled);
        if (read < 0) {
            return false;
        }
        filled += read;
        return true;
    }
}
