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
import java.util.Optional;

/**
 * The file {@code ImageDigests}: the digest of each image that the destination is known to hold. Format 1 has no source
 * and no attributes; it is written only if no source is known. See {@code docs/metadata-format.md}.
 *
 * @param source {@code HOST[/PATH]} of the last run that changed the file; empty in format 1
 */
public record ImageDigests(String destination, Optional<String> source, DigestTable rows) {
    private static final String MAGIC = "# gcrsync ImageDigests ";
    private static final int VERSION = 2;
    private static final String DESTINATION = "# destination ";
    private static final String SOURCE = "# source ";

    private static final int TIME_LENGTH = "2026-01-02T03:04:05Z".length();
    private static final int SHA256_LENGTH = "sha256:".length() + 64;
    /** {@code a:b}, a sha256 digest and two times, with blanks and newline. */
    private static final int MIN_LINE = 3 + 1 + SHA256_LENGTH + 2 * (1 + TIME_LENGTH) + 1;

    private static final int ROWS_PER_CHUNK = 2048;

    /** The lines before the rows. */
    public record Header(int version, String destination, Optional<String> source) {
        /** Reads the beginning of the file. */
        public static Header of(FileContent file) throws IOException, MalformedException {
            try (InputStream in = file.open()) {
                return read(new Lines(in));
            }
        }

        /**
         * Whether the rows hold for this destination and source. The names of images depend on the source only if the
         * template, which is part of the destination, contains it.
         */
        public boolean isFor(String to, Optional<String> from) {
            return destination.equals(to)
                    && (source.equals(from)
                            || source.isEmpty()
                            || from.isEmpty()
                            || !(to.contains("{registry}") || to.contains("{namespace}")));
        }

        static Header read(Lines lines) throws IOException, MalformedException {
            int version = version(line(lines, MAGIC));
            String destination = line(lines, DESTINATION);
            return new Header(version, destination, version == 1 ? Optional.empty() : Optional.of(source(lines)));
        }

        private static int version(String version) throws MalformedException {
            if (!version.matches("[1-9][0-9]{0,8}")) {
                throw MalformedException.damaged(1, "no format version");
            }
            int number = Integer.parseInt(version);
            if (number > VERSION) {
                throw MalformedException.newer(
                        "format version " + version + " is newer than the version " + VERSION + " this gcrsync knows");
            }
            return number;
        }

        private static String source(Lines lines) throws IOException, MalformedException {
            String source = line(lines, SOURCE);
            if (source.isBlank() || source.chars().anyMatch(Character::isISOControl)) {
                throw MalformedException.damaged(lines.number(), "not a source like gcr.io/google-containers");
            }
            return source;
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
    }

    public static ImageDigests empty(String destination) {
        return new ImageDigests(destination, Optional.empty(), DigestTable.EMPTY);
    }

    public static ImageDigests parse(FileContent file) throws IOException, MalformedException {
        // Sized so that it never has to grow; keys are about a fifth of a real file.
        long size = file.length();
        DigestTable.Builder table =
                new DigestTable.Builder(Math.toIntExact(size / MIN_LINE), Math.toIntExact(size / 4));
        try (InputStream in = file.open()) {
            Lines lines = new Lines(in);
            Header header = Header.read(lines);
            RowParser parser = new RowParser(lines, table, header.version());
            while (lines.next()) {
                parser.row();
            }
            return new ImageDigests(header.destination(), header.source(), table.build());
        }
    }

    /** See {@link Header#isFor}. */
    public boolean isFor(String to, Optional<String> from) {
        return new Header(VERSION, destination, source).isFor(to, from);
    }

    public FileContent content() {
        String head = MAGIC + (source.isPresent() ? VERSION : 1) + "\n" + DESTINATION + destination + "\n"
                + source.map(known -> SOURCE + known + "\n").orElse("");
        KeyTable keys = rows.keys();
        long length = keys.bytes() + (long) rows.size() * (MIN_LINE - 3);
        for (int i = 0; i < rows.size(); i++) {
            length += rows.digestLength(i) - SHA256_LENGTH + described(i).length();
        }
        int chunks = (rows.size() + ROWS_PER_CHUNK - 1) / ROWS_PER_CHUNK;
        return FileContent.of(head.getBytes(StandardCharsets.UTF_8))
                .followedBy(FileContent.inChunks(length, chunks, this::chunk));
    }

    private byte[] chunk(int chunk) {
        int end = Math.min(rows.size(), (chunk + 1) * ROWS_PER_CHUNK);
        ByteArrayOutputStream out = new ByteArrayOutputStream(ROWS_PER_CHUNK * 2 * MIN_LINE);
        for (int i = chunk * ROWS_PER_CHUNK; i < end; i++) {
            String rest = " " + rows.digest(i) + " " + Instant.ofEpochSecond(rows.first(i)) + " "
                    + Instant.ofEpochSecond(rows.moved(i)) + described(i) + "\n";
            out.writeBytes(rows.keys().copy(i));
            out.writeBytes(rest.getBytes(StandardCharsets.US_ASCII));
        }
        return out.toByteArray();
    }

    /** Returns the attributes with the space before them. */
    private String described(int row) {
        String text = rows.attributes(row).text();
        return text.isEmpty() ? "" : " " + text;
    }

    /** Parses rows. A repository name is checked only once, because its tags are adjacent. */
    private static final class RowParser {
        private final Lines lines;
        private final DigestTable.Builder table;
        private final int version;
        private byte[] checkedName = new byte[0];
        private Attributes last = Attributes.NONE;

        RowParser(Lines lines, DigestTable.Builder table, int version) {
            this.lines = lines;
            this.table = table;
            this.version = version;
        }

        void row() throws MalformedException {
            ConflictMarkers.refuse(lines);
            int key = until(lines.from(), ' ');
            int digest = until(key + 1, ' ');
            int first = digest + 1 + TIME_LENGTH;
            int moved = first + 1 + TIME_LENGTH;
            boolean more = version > 1 && moved < lines.to() && lines.buffer()[moved] == ' ';
            if (!lines.terminated() || !(more || moved == lines.to()) || lines.buffer()[first] != ' ') {
                throw damaged("not \"<name>:<tag> <digest> <first mirrored> <last moved>"
                        + (version > 1 ? " [<attribute>=<value>...]\"" : "\""));
            }
            String recorded = text(key + 1, digest);
            checkKey(lines.from(), key, recorded);
            DigestTable.Row row = new DigestTable.Row(
                    Digest.parse(recorded).orElseThrow(() -> damaged("not a digest")),
                    time(digest + 1),
                    time(first + 1),
                    more ? attributes(moved + 1) : Attributes.NONE);
            int order = table.add(lines.buffer(), lines.from(), key, row);
            if (order <= 0) {
                throw damaged(order == 0 ? "the same image as the line before" : "not in sorted order");
            }
        }

        private void checkKey(int from, int to, String digest) throws MalformedException {
            int end = endOfName(from, to);
            boolean isDigest = end < to && lines.buffer()[end] == '@';
            if (end == to || end == from || (isDigest && version == 1)) {
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
}
