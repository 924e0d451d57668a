package io.github.gcrsync.ledger;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.oci.Tag;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;

/**
 * The file {@code ImageDigests}, format version 1: the digest of each tag that the destination is known to hold. See
 * {@code docs/metadata-format.md}.
 */
public record ImageDigests(String destination, DigestTable rows) {
    private static final String MAGIC = "# gcrsync ImageDigests ";
    private static final int VERSION = 1;
    private static final String DESTINATION = "# destination ";

    private static final int TIME_LENGTH = "2026-01-02T03:04:05Z".length();
    private static final int SHA256_LENGTH = "sha256:".length() + 64;
    /** {@code a:b}, a sha256 digest and two times, with blanks and newline. */
    private static final int MIN_LINE = 3 + 1 + SHA256_LENGTH + 2 * (1 + TIME_LENGTH) + 1;

    private static final int ROWS_PER_CHUNK = 2048;

    public static ImageDigests empty(String destination) {
        return new ImageDigests(destination, DigestTable.EMPTY);
    }

    public static ImageDigests parse(FileContent file) throws IOException, MalformedException {
        // Sized so that it never has to grow; keys are about a fifth of a real file.
        long size = file.length();
        DigestTable.Builder table =
                new DigestTable.Builder(Math.toIntExact(size / MIN_LINE), Math.toIntExact(size / 4));
        try (InputStream in = file.open()) {
            Lines lines = new Lines(in);
            String destination = destination(lines);
            RowParser parser = new RowParser(lines, table);
            while (lines.next()) {
                parser.row();
            }
            return new ImageDigests(destination, table.build());
        }
    }

    /** Reads the header; rows follow. */
    static String destination(Lines lines) throws IOException, MalformedException {
        version(line(lines, MAGIC));
        return line(lines, DESTINATION);
    }

    private static void version(String version) throws MalformedException {
        if (version.equals(Integer.toString(VERSION))) {
            return;
        }
        if (version.matches("[1-9][0-9]{0,8}")) {
            throw MalformedException.newer(
                    "format version " + version + " is newer than the version " + VERSION + " this gcrsync knows");
        }
        throw MalformedException.damaged(1, "no format version");
    }

    private static String line(Lines lines, String prefix) throws IOException, MalformedException {
        if (!lines.next()) {
            throw MalformedException.damaged(lines.number() + 1, "the header ends early");
        }
        ConflictMarkers.refuse(lines);
        String text = lines.text();
        if (!text.startsWith(prefix) || !lines.terminated()) {
            throw MalformedException.damaged(lines.number(), "expected \"" + prefix.strip() + " …\"");
        }
        return text.substring(prefix.length());
    }

    public FileContent content() {
        byte[] head = (MAGIC + VERSION + "\n" + DESTINATION + destination + "\n").getBytes(StandardCharsets.UTF_8);
        KeyTable keys = rows.keys();
        long length = keys.bytes() + (long) rows.size() * (MIN_LINE - 3);
        for (int i = 0; i < rows.size(); i++) {
            length += rows.digestLength(i) - SHA256_LENGTH;
        }
        int chunks = (rows.size() + ROWS_PER_CHUNK - 1) / ROWS_PER_CHUNK;
        return FileContent.of(head).followedBy(FileContent.inChunks(length, chunks, this::chunk));
    }

    private byte[] chunk(int chunk) {
        int end = Math.min(rows.size(), (chunk + 1) * ROWS_PER_CHUNK);
        ByteArrayOutputStream out = new ByteArrayOutputStream(ROWS_PER_CHUNK * 2 * MIN_LINE);
        for (int i = chunk * ROWS_PER_CHUNK; i < end; i++) {
            String rest = " " + rows.digest(i) + " " + Instant.ofEpochSecond(rows.first(i)) + " "
                    + Instant.ofEpochSecond(rows.moved(i)) + "\n";
            out.writeBytes(rows.keys().copy(i));
            out.writeBytes(rest.getBytes(StandardCharsets.US_ASCII));
        }
        return out.toByteArray();
    }

    /** Parses rows. A repository name is checked only once, because its tags are adjacent. */
    private static final class RowParser {
        private final Lines lines;
        private final DigestTable.Builder table;
        private byte[] checkedName = new byte[0];

        RowParser(Lines lines, DigestTable.Builder table) {
            this.lines = lines;
            this.table = table;
        }

        void row() throws MalformedException {
            ConflictMarkers.refuse(lines);
            int key = until(lines.from(), ' ');
            int digest = until(key + 1, ' ');
            int first = digest + 1 + TIME_LENGTH;
            int moved = first + 1 + TIME_LENGTH;
            if (!lines.terminated() || moved != lines.to() || lines.buffer()[first] != ' ') {
                throw damaged("not \"<name>:<tag> <digest> <first mirrored> <last moved>\"");
            }
            checkKey(lines.from(), key);
            Digest recorded = Digest.parse(text(key + 1, digest)).orElseThrow(() -> damaged("not a digest"));
            int order = table.add(lines.buffer(), lines.from(), key, recorded, time(digest + 1), time(first + 1));
            if (order <= 0) {
                throw damaged(order == 0 ? "the same tag as the line before" : "not in sorted order");
            }
        }

        private void checkKey(int from, int to) throws MalformedException {
            int colon = until(from, ':');
            if (!Arrays.equals(checkedName, 0, checkedName.length, lines.buffer(), from, Math.min(colon, to))) {
                if (colon >= to || !RepositoryName.isValid(text(from, colon))) {
                    throw damaged("not a repository name and a tag");
                }
                checkedName = Arrays.copyOfRange(lines.buffer(), from, colon);
            }
            if (colon >= to || !Tag.isValid(text(colon + 1, to))) {
                throw damaged("not a tag");
            }
        }

        private long time(int at) throws MalformedException {
            byte[] b = lines.buffer();
            if (b[at + 4] != '-'
                    || b[at + 7] != '-'
                    || b[at + 10] != 'T'
                    || b[at + 13] != ':'
                    || b[at + 16] != ':'
                    || b[at + 19] != 'Z') {
                throw damaged("not a time like 2026-01-02T03:04:05Z");
            }
            try {
                return LocalDateTime.of(
                                number(at, 4),
                                number(at + 5, 2),
                                number(at + 8, 2),
                                number(at + 11, 2),
                                number(at + 14, 2),
                                number(at + 17, 2))
                        .toEpochSecond(ZoneOffset.UTC);
            } catch (DateTimeException e) {
                throw damaged("not a time like 2026-01-02T03:04:05Z");
            }
        }

        private int number(int at, int digits) throws MalformedException {
            int value = 0;
            for (int i = at; i < at + digits; i++) {
                int digit = lines.buffer()[i] - '0';
                if (digit < 0 || digit > 9) {
                    throw damaged("not a time like 2026-01-02T03:04:05Z");
                }
                value = value * 10 + digit;
            }
            return value;
        }

        /** Returns the position of the byte from here, or the end of the line. */
        private int until(int from, char wanted) {
            for (int i = from; i < lines.to(); i++) {
                if (lines.buffer()[i] == wanted) {
                    return i;
                }
            }
            return lines.to();
        }

        private String text(int from, int to) {
            return new String(lines.buffer(), from, Math.max(0, to - from), StandardCharsets.ISO_8859_1);
        }

        private MalformedException damaged(String reason) {
            return MalformedException.damaged(lines.number(), reason);
        }
    }
}
