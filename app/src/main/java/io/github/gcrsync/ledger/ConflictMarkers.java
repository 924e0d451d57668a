package io.github.gcrsync.ledger;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The lines that a merge by {@code git} leaves in a file it could not merge. */
public final class ConflictMarkers {
    private static final byte[] OURS = "<<<<<<< ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] MIDDLE = "=======".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] THEIRS = ">>>>>>> ".getBytes(StandardCharsets.US_ASCII);

    private ConflictMarkers() {}

    /** For files in which no good line starts like one. */
    static void refuse(Lines lines) throws MalformedException {
        if (lines.startsWith(OURS) || lines.startsWith(MIDDLE) || lines.startsWith(THEIRS)) {
            throw MalformedException.conflictMarker(lines.number());
        }
    }

    /**
     * Refuses a file with an opening marker and a closing one after it; a single one may be text that a person wrote. Lines can
     * be of any length, so only the first bytes of each are looked at.
     */
    public static void refuse(FileContent file) throws IOException, MalformedException {
        byte[] buffer = new byte[8192];
        byte[] start = new byte[OURS.length];
        long line = 1;
        long opened = 0;
        int column = 0;
        try (InputStream in = file.open()) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                for (int i = 0; i < read; i++) {
                    if (buffer[i] == '\n') {
                        line++;
                        column = 0;
                    } else if (column < start.length) {
                        start[column++] = buffer[i];
                        boolean whole = column == start.length;
                        if (whole && opened == 0 && Arrays.equals(start, OURS)) {
                            opened = line;
                        }
                        if (whole && opened != 0 && Arrays.equals(start, THEIRS)) {
                            throw MalformedException.conflictMarker(opened);
                        }
                    }
                }
            }
        }
    }
}
