package io.github.gcrsync.ledger;

import io.github.gcrsync.oci.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The file {@code Seen}: when the digests of tags that are held back were first seen at the source. All destinations of
 * a mirror share it. See {@code docs/metadata-format.md}.
 *
 * @param rows by {@code name:tag}; "last moved" is the time, and there are no attributes
 */
public record Seen(DigestTable rows) {
    public static final Seen EMPTY = new Seen(DigestTable.EMPTY);

    private static final String MAGIC = "# gcrsync Seen ";
    private static final int VERSION = 1;
    private static final RowParser.Columns COLUMNS =
            new RowParser.Columns("<name>:<tag> <digest> <first seen>", false, false);

    /** {@code a:b}, a sha256 digest and a time, with blanks and newline. */
    private static final int MIN_LINE = 3 + 1 + 71 + 1 + RowParser.TIME_LENGTH + 1;

    public static Seen parse(FileContent file) throws IOException, MalformedException {
        long size = file.length();
        DigestTable.Builder table =
                new DigestTable.Builder(Math.toIntExact(size / MIN_LINE), Math.toIntExact(size / 4));
        try (InputStream in = file.open()) {
            Lines lines = new Lines(in);
            lines.version(MAGIC, VERSION);
            RowParser parser = new RowParser(lines, table, COLUMNS);
            while (lines.next()) {
                parser.row();
            }
            return new Seen(table.build());
        }
    }

    public boolean isEmpty() {
        return rows.size() == 0;
    }

    /** Returns the content of the file, which has a header even without rows. */
    public FileContent content() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(MIN_LINE * 2 * (rows.size() + 1));
        out.writeBytes((MAGIC + VERSION + "\n").getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < rows.size(); i++) {
            String rest = " " + rows.digest(i) + " " + Instant.ofEpochSecond(rows.moved(i)) + "\n";
            out.writeBytes(rows.keys().copy(i));
            out.writeBytes(rest.getBytes(StandardCharsets.US_ASCII));
        }
        return FileContent.of(out.toByteArray());
    }

    /**
     * Merges two versions with a common ancestor. The result is the same with both sides exchanged. A row that one side
     * removed stays removed unless the other changed it; the earlier time wins for one digest, and the later of two
     * digests.
     */
    public static Seen merge(Seen base, Seen ours, Seen theirs) {
        return new Seen(DigestMerge.rows(base.rows, ours.rows, theirs.rows));
    }

    /** Returns the time in the row if it is for this digest. */
    public static Optional<Instant> time(DigestTable.@Nullable Row row, Digest digest) {
        return row != null && row.digest().equals(digest)
                ? Optional.of(Instant.ofEpochSecond(row.moved()))
                : Optional.empty();
    }
}
