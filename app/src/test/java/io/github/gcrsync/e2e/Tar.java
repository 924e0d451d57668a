package io.github.gcrsync.e2e;

import io.github.gcrsync.oci.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Tar archives that no tool would write. */
final class Tar {
    private static final int BLOCK = 512;
    private static final String SUMS = "SHA256SUMS";

    private Tar() {}

    /**
     * Texts have one character for each byte.
     *
     * @param size the field
     */
    record Entry(String name, char type, String link, String size, String content) {
        static Entry file(String name, String content) {
            return new Entry(name, '0', "", "%011o".formatted(content.length()), content);
        }

        static Entry of(char type, String name, String link) {
            return new Entry(name, type, link, "00000000000", "");
        }

        Entry ofSize(String other) {
            return new Entry(name, type, link, other, content);
        }

        byte[] bytes() {
            return content.getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    /** A pax header for the entry after it. */
    static Entry pax(String key, String value) {
        int length = key.length() + value.length() + 4;
        while (length
                != key.length() + value.length() + 3 + Integer.toString(length).length()) {
            length++;
        }
        String record = "%d %s=%s\n".formatted(length, key, value);
        return new Entry("pax", 'x', "", "%011o".formatted(record.length()), record);
    }

    static List<Entry> read(Path file) throws IOException {
        byte[] all = Files.readAllBytes(file);
        List<Entry> entries = new ArrayList<>();
        int at = 0;
        while (all[at] != 0) {
            String size = text(all, at + 124, 12);
            int length = Integer.parseInt(size, 8);
            String content = new String(all, at + BLOCK, length, StandardCharsets.ISO_8859_1);
            String prefix = text(all, at + 345, 155);
            String name = (prefix.isEmpty() ? "" : prefix + "/") + text(all, at, 100);
            entries.add(new Entry(name, (char) all[at + 156], text(all, at + 157, 100), size, content));
            at += BLOCK + padded(length);
        }
        return entries;
    }

    static byte[] bytes(List<Entry> entries) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Entry entry : entries) {
            out.writeBytes(header(entry));
            out.writeBytes(Arrays.copyOf(entry.bytes(), padded(entry.content().length())));
        }
        out.writeBytes(new byte[2 * BLOCK]);
        return out.toByteArray();
    }

    /** Writes the right sums at the end. */
    static List<Entry> summed(List<Entry> entries) {
        List<Entry> all = new ArrayList<>(entries);
        all.removeIf(entry -> entry.name().equals(SUMS));
        StringBuilder sums = new StringBuilder();
        for (Entry entry : all) {
            if (entry.type() == '0') {
                sums.append(Digest.sha256(entry.bytes()).hex())
                        .append("  ")
                        .append(entry.name())
                        .append('\n');
            }
        }
        all.add(Entry.file(SUMS, sums.toString()));
        return all;
    }

    private static byte[] header(Entry entry) {
        byte[] block = new byte[BLOCK];
        int slash = entry.name().length() > 100
                ? entry.name().indexOf('/', entry.name().length() - 101)
                : -1;
        put(block, 0, entry.name().substring(slash + 1));
        put(block, 100, "0000644\0" + "0000000\0" + "0000000\0");
        put(block, 124, entry.size());
        put(block, 136, "00000000000\0" + "        ");
        block[156] = (byte) entry.type();
        put(block, 157, entry.link());
        put(block, 257, "ustar\00000");
        put(block, 345, slash < 0 ? "" : entry.name().substring(0, slash));
        int sum = 0;
        for (byte each : block) {
            sum += each & 0xff;
        }
        put(block, 148, "%06o\0".formatted(sum));
        return block;
    }

    private static void put(byte[] block, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(bytes, 0, block, at, bytes.length);
    }

    private static int padded(int size) {
        return (size + BLOCK - 1) / BLOCK * BLOCK;
    }

    private static String text(byte[] all, int at, int most) {
        String field = new String(all, at, most, StandardCharsets.ISO_8859_1);
        return field.contains("\0") ? field.substring(0, field.indexOf('\0')) : field;
    }
}
