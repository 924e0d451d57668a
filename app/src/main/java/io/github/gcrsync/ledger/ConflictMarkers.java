package io.github.gcrsync.ledger;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Detects the conflict markers that {@code git} leaves after a failed merge. */
public final class ConflictMarkers {
    private static final byte[] OURS = "<<<<<<< ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] MIDDLE = "=======".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] THEIRS = ">>>>>>> ".getBytes(StandardCharsets.US_ASCII);

    private ConflictMarkers() {}

    /** For files in which no valid line starts like a marker. */
    static void refuse(Lines lines) throws MalformedException {
        if (lines.startsWith(OURS) || lines.startsWith(MIDDLE) || lines.startsWith(THEIRS)) {
            throw MalformedException.conflictMarker(lines.number());
        }
    }

    /**
     * Refuses a file with an opening marker followed by a closing one; a single marker may be text that a person wrote.
     * Lines can have any length, so only the first bytes of each are compared.
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
