package io.github.gcrsync.bundle;

import io.github.gcrsync.content.ContentException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * The header of one entry of a tar archive: a regular file, or a hard link to an earlier one. Other kinds of entries are
 * refused (POSIX.1-2017, pax, "ustar Interchange Format" and "pax Interchange Format").
 *
 * @param link the path that a hard link repeats
 */
record TarHeader(String path, long size, Optional<String> link) {
    static final int BLOCK = 512;
    /** In a pax header. */
    static final int LONGEST_RECORDS = 16 << 10;

    private static final int NAME = 100;
    private static final int PREFIX = 155;
    private static final int SIZE_AT = 124;
    private static final int SUM_AT = 148;
    private static final int TYPE_AT = 156;
    private static final int LINK_AT = 157;
    private static final int MAGIC_AT = 257;
    private static final int PREFIX_AT = 345;
    /** Eleven octal digits. */
    private static final long LARGEST = (1L << 33) - 1;

    private static final byte[] MAGIC = "ustar\00000".getBytes(StandardCharsets.US_ASCII);

    static TarHeader file(String path, long size) {
        return new TarHeader(path, size, Optional.empty());
    }

    static TarHeader link(String path, String to) {
        return new TarHeader(path, 0, Optional.of(to));
    }

    /** Returns the bytes of content with the padding to whole blocks. */
    static long padded(long size) {
        return (size + BLOCK - 1) / BLOCK * BLOCK;
    }

    /** Returns the header, after a pax header for what it has no room for. */
    byte[] encoded() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringBuilder records = new StringBuilder();
        String target = link.orElse("");
        int slash = split(path);
        if (slash < 0) {
            record(records, "path", path);
        }
        if (target.length() > NAME) {
            record(records, "linkpath", target);
        }
        if (size > LARGEST) {
            record(records, "size", Long.toString(size));
        }
        if (!records.isEmpty()) {
            byte[] content = records.toString().getBytes(StandardCharsets.US_ASCII);
            out.writeBytes(block("", "pax", content.length, 'x', ""));
            out.writeBytes(Arrays.copyOf(content, (int) padded(content.length)));
        }
        out.writeBytes(block(
                slash <= 0 ? "" : path.substring(0, slash),
                slash < 0 ? path.substring(0, NAME) : path.substring(slash == 0 ? 0 : slash + 1),
                size > LARGEST ? 0 : size,
                link.isPresent() ? '1' : '0',
                target.length() > NAME ? target.substring(0, NAME) : target));
        return out.toByteArray();
    }

    /** Returns where the prefix ends; 0 without one, negative if the path is too long for the header. */
    private static int split(String path) {
        if (path.length() <= NAME) {
            return 0;
        }
        int slash = path.indexOf('/', path.length() - NAME - 1);
        return slash > PREFIX ? -1 : slash;
    }

    /** The length at the beginning of a record counts itself. */
    private static void record(StringBuilder records, String key, String value) {
        int rest = key.length() + value.length() + 3;
        int length = rest + 1;
        while (length != rest + Integer.toString(length).length()) {
            length++;
        }
        records.append(length).append(' ').append(key).append('=').append(value).append('\n');
    }

    /** Owner, time and mode are the same for all entries, so that equal content makes an equal archive. */
    private static byte[] block(String prefix, String name, long size, char type, String link) {
        byte[] block = new byte[BLOCK];
        put(block, 0, name);
        put(block, 100, "0000644\0" + "0000000\0" + "0000000\0");
        put(block, SIZE_AT, String.format("%011o\0%011o\0", size, 0));
        Arrays.fill(block, SUM_AT, TYPE_AT, (byte) ' ');
        block[TYPE_AT] = (byte) type;
        put(block, LINK_AT, link);
        System.arraycopy(MAGIC, 0, block, MAGIC_AT, MAGIC.length);
        put(block, PREFIX_AT, prefix);
        put(block, SUM_AT, String.format("%06o\0", sum(block)));
        return block;
    }

    private static void put(byte[] block, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, block, at, bytes.length);
    }

    private static long sum(byte[] block) {
        long sum = 0;
        for (int i = 0; i < block.length; i++) {
            sum += i >= SUM_AT && i < TYPE_AT ? ' ' : block[i] & 0xff;
        }
        return sum;
    }

    /** Whether the block is the pax header of the next one. */
    static boolean isPax(byte[] block) {
        return block[TYPE_AT] == 'x';
    }

    static long size(byte[] block) {
        return octal(block, SIZE_AT, 12);
    }

    /**
     * @param block whose sum is checked
     * @param records of the pax header before it; empty without one
     * @throws ContentException.Corrupt if the block is damaged
     * @throws ContentException.Unsupported if it is neither a file nor a hard link
     */
    static TarHeader decoded(byte[] block, String records) {
        check(block);
        String prefix = text(block, PREFIX_AT, PREFIX);
        String name = text(block, 0, NAME);
        String path = value(records, "path").orElse(prefix.isEmpty() ? name : prefix + "/" + name);
        return switch (block[TYPE_AT]) {
            case '0' -> file(path, value(records, "size").map(TarHeader::number).orElseGet(() -> size(block)));
            case '1' -> link(path, value(records, "linkpath").orElseGet(() -> text(block, LINK_AT, NAME)));
            default ->
                throw new ContentException.Unsupported("the entry " + path + " is neither a file nor a hard link");
        };
    }

    /** @throws ContentException.Corrupt if the block is damaged */
    static void check(byte[] block) {
        if (!Arrays.equals(block, MAGIC_AT, MAGIC_AT + MAGIC.length, MAGIC, 0, MAGIC.length)
                || octal(block, SUM_AT, TYPE_AT - SUM_AT) != sum(block)) {
            throw new ContentException.Corrupt("it is not a tar archive, or damaged");
        }
    }

    private static Optional<String> value(String records, String key) {
        return records.lines()
                .map(line -> line.substring(line.indexOf(' ') + 1))
                .filter(line -> line.startsWith(key + "="))
                .map(line -> line.substring(key.length() + 1))
                .findFirst();
    }

    private static long octal(byte[] block, int at, int length) {
        String digits = text(block, at, length).strip();
        if (!digits.matches("[0-7]{1,12}")) {
            throw new ContentException.Corrupt("a header is damaged");
        }
        return Long.parseLong(digits, 8);
    }

    private static long number(String digits) {
        if (!digits.matches("[0-9]{1,18}")) {
            throw new ContentException.Corrupt("a header is damaged");
        }
        return Long.parseLong(digits);
    }

    private static String text(byte[] block, int at, int length) {
        int end = at;
        while (end < at + length && block[end] != 0) {
            end++;
        }
        return new String(block, at, end - at, StandardCharsets.ISO_8859_1);
    }
}
