package io.github.gcrsync.ledger;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.oci.Tag;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;

/**
 * Parses lines of an image, a digest and times into a table. A repository name is checked only once, because its tags are
 * adjacent.
 */
final class RowParser {
    static final int TIME_LENGTH = "2026-01-02T03:04:05Z".length();

    private final Lines lines;
    private final DigestTable.Builder table;
    private final Columns columns;
    private byte[] checkedName = new byte[0];
    private Attributes last = Attributes.NONE;

    /**
     * The columns of a file. With one time, it is both times of the table's row.
     *
     * @param form for the message about a line without them
     * @param hasTwoTimes otherwise a line has one
     * @param isOpen whether images by digest and attributes are allowed
     */
    record Columns(String form, boolean hasTwoTimes, boolean isOpen) {}

    RowParser(Lines lines, DigestTable.Builder table, Columns columns) {
        this.lines = lines;
        this.table = table;
        this.columns = columns;
    }

    void row() throws MalformedException {
        ConflictMarkers.refuse(lines);
        int key = until(lines.from(), ' ');
        int digest = until(key + 1, ' ');
        int first = digest + 1 + TIME_LENGTH;
        int end = columns.hasTwoTimes() ? first + 1 + TIME_LENGTH : first;
        boolean more = columns.isOpen() && end < lines.to() && lines.buffer()[end] == ' ';
        if (!lines.terminated() || !(more || end == lines.to()) || (end > first && lines.buffer()[first] != ' ')) {
            throw damaged("not \"" + columns.form() + "\"");
        }
        String recorded = text(key + 1, digest);
        checkKey(lines.from(), key, recorded);
        DigestTable.Row row = new DigestTable.Row(
                Digest.parse(recorded).orElseThrow(() -> damaged("not a digest")),
                time(digest + 1),
                time(end - TIME_LENGTH),
                more ? attributes(end + 1) : Attributes.NONE);
        int order = table.add(lines.buffer(), lines.from(), key, row);
        if (order <= 0) {
            throw damaged(order == 0 ? "the same image as the line before" : "not in sorted order");
        }
    }

    private void checkKey(int from, int to, String digest) throws MalformedException {
        int end = endOfName(from, to);
        boolean isDigest = end < to && lines.buffer()[end] == '@';
        if (end == to || end == from || (isDigest && !columns.isOpen())) {
            throw damaged("not a repository name with a tag or a digest");
        }
        if (!Arrays.equals(checkedName, 0, checkedName.length, lines.buffer(), from, end)) {
            if (!RepositoryName.isValid(text(from, end))) {
                throw damaged("not a repository name with a tag or a digest");
            }
            checkedName = Arrays.copyOfRange(lines.buffer(), from, end);
        }
        String reference = text(end + 1, to);
        if (isDigest && !reference.equals(digest)) {
            throw damaged("the image and its line have different digests");
        }
        if (!isDigest && !Tag.isValid(reference)) {
            throw damaged("not a tag");
        }
    }

    private int endOfName(int from, int to) {
        int end = from;
        while (end < to && lines.buffer()[end] != ':' && lines.buffer()[end] != '@') {
            end++;
        }
        return end;
    }

    /** Most lines have the attributes of the line before. */
    private Attributes attributes(int from) throws MalformedException {
        String text = text(from, lines.to());
        if (text.isEmpty() || !text.equals(last.text())) {
            if (text.isEmpty() || !Attributes.isValid(text)) {
                throw damaged("not attributes like by=copied, sorted by name and separated by one space");
            }
            last = new Attributes(text);
        }
        return last;
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
