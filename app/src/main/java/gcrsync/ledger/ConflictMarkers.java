package gcrsync.ledger;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

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
     * Looks for an opening marker with a closing one after it, while a file passes; a single one may be text that a
     * person wrote. Lines can be of any length, so only the first bytes of each are looked at.
     */
    public static final class Watch extends FilterInputStream {
        private long line = 1;
        private long opened;
        private long conflict;
        private int column;
        private boolean ours = true;
        private boolean theirs = true;

        public Watch(InputStream in) {
            super(in);
        }

        /** Reads the rest of the file and refuses it if it has both markers. */
        public void refuse() throws IOException, MalformedException {
            transferTo(OutputStream.nullOutputStream());
            if (conflict != 0) {
                throw MalformedException.conflictMarker(conflict);
            }
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int from, int length) throws IOException {
            int read = in.read(buffer, from, length);
            for (int i = from; i < from + read; i++) {
                take(buffer[i]);
            }
            return read;
        }

        /** Does nothing: a parser closes its source early, and what it left unread is still to be looked at. */
        @Override
        public void close() {
            // whoever opened the file closes it
        }

        @Override
        public boolean markSupported() {
            return false;
        }

        private void take(byte b) {
            if (b == '\n') {
                line++;
                column = 0;
                ours = true;
                theirs = true;
            } else if (column < OURS.length) {
                ours &= b == OURS[column];
                theirs &= b == THEIRS[column];
                if (++column == OURS.length) {
                    marker();
                }
            }
        }

        private void marker() {
            if (ours && opened == 0) {
                opened = line;
            }
            if (theirs && opened != 0 && conflict == 0) {
                conflict = opened;
            }
        }
    }
}
