package io.github.gcrsync.ledger;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The file {@code ImageDigests}: the digest of each image that the destination is known to hold. Format 1 has no source
 * and no attributes; it is written only if no source is known. See {@code docs/metadata-format.md}.
 *
 * @param source {@code HOST[/PATH]} or {@code oci:DIR} of the last run that changed the file; empty in format 1
 */
public record ImageDigests(String destination, Optional<String> source, DigestTable rows) {
    private static final String MAGIC = "# gcrsync ImageDigests ";
    private static final int VERSION = 2;
    private static final String DESTINATION = "# destination ";
    private static final String SOURCE = "# source ";

    private static final RowParser.Columns COLUMNS_1 =
            new RowParser.Columns("<name>:<tag> <digest> <first mirrored> <last moved>", true, false);
    private static final RowParser.Columns COLUMNS =
            new RowParser.Columns(COLUMNS_1.form() + " [<attribute>=<value>...]", true, true);

    private static final int SHA256_LENGTH = "sha256:".length() + 64;
    /** {@code a:b}, a sha256 digest and two times, with blanks and newline. */
    private static final int MIN_LINE = 3 + 1 + SHA256_LENGTH + 2 * (1 + RowParser.TIME_LENGTH) + 1;

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
            int version = lines.version(MAGIC, VERSION);
            String destination = lines.header(DESTINATION);
            return new Header(version, destination, version == 1 ? Optional.empty() : Optional.of(source(lines)));
        }

        private static String source(Lines lines) throws IOException, MalformedException {
            String source = lines.header(SOURCE);
            if (source.isBlank() || source.chars().anyMatch(Character::isISOControl)) {
                throw MalformedException.damaged(lines.number(), "not a source like gcr.io/google-containers");
            }
            return source;
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
            RowParser parser = new RowParser(lines, table, header.version() == 1 ? COLUMNS_1 : COLUMNS);
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

    /** Returns the rows in sorted order. */
    public Stream<Recorded> recorded() {
        return IntStream.range(0, rows.size())
                .mapToObj(i -> Recorded.of(ImageKey.parse(rows.keys().text(i)).orElseThrow(), rows.row(i)));
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
}
