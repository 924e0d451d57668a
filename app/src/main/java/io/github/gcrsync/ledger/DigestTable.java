package io.github.gcrsync.ledger;

import io.github.gcrsync.oci.Digest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Digest and times of every recorded tag, sorted by {@code name:tag}, in a few arrays: about 85 bytes per row, so that
 * a million rows fit a small heap. Times are seconds since the epoch.
 */
public final class DigestTable {
    public static final DigestTable EMPTY = new Builder(0, 0).build();

    private static final int SHA256 = 32;

    private final KeyTable keys;
    private final byte[] sha256;
    /** The few rows whose digest is not SHA-256. */
    private final Map<Integer, Digest> others;

    private final long[] first;
    private final long[] moved;

    private DigestTable(KeyTable keys, byte[] sha256, Map<Integer, Digest> others, long[] first, long[] moved) {
        this.keys = keys;
        this.sha256 = sha256;
        this.others = others;
        this.first = first;
        this.moved = moved;
    }

    /** A copy of the row of one tag. */
    public record Row(Digest digest, long first, long moved) {}

    public KeyTable keys() {
        return keys;
    }

    public int size() {
        return keys.size();
    }

    public long first(int index) {
        return first[index];
    }

    public long moved(int index) {
        return moved[index];
    }

    public Digest digest(int index) {
        Digest other = others.get(index);
        return other != null ? other : Digest.ofSha256(sha256, index * SHA256);
    }

    /** Returns the number of characters of the digest's text. */
    int digestLength(int index) {
        Digest other = others.get(index);
        return other == null ? "sha256:".length() + 2 * SHA256 : other.value().length();
    }

    public Row row(int index) {
        return new Row(digest(index), first[index], moved[index]);
    }

    /** Returns the row of this key, or null. */
    public @Nullable Row find(byte[] key) {
        int index = keys.indexOf(key);
        return index < 0 ? null : row(index);
    }

    public boolean sameDigest(int index, DigestTable table, int otherIndex) {
        return Arrays.equals(
                        sha256,
                        index * SHA256,
                        (index + 1) * SHA256,
                        table.sha256,
                        otherIndex * SHA256,
                        (otherIndex + 1) * SHA256)
                && ((others.isEmpty() && table.others.isEmpty())
                        || digest(index).equals(table.digest(otherIndex)));
    }

    boolean sameRow(int index, DigestTable table, int otherIndex) {
        return first[index] == table.first[otherIndex]
                && moved[index] == table.moved[otherIndex]
                && sameDigest(index, table, otherIndex);
    }

    /** Returns the latest "last moved" of all rows; {@link Long#MIN_VALUE} for an empty table. */
    long newest() {
        return Arrays.stream(moved, 0, size()).max().orElse(Long.MIN_VALUE);
    }

    /** Adds rows in ascending order of their keys. */
    static final class Builder {
        private final KeyTable.Builder keys;
        private final Map<Integer, Digest> others = new HashMap<>();
        private byte[] sha256;
        private long[] first;
        private long[] moved;
        private int size;

        Builder(int rows, int keyBytes) {
            keys = new KeyTable.Builder(rows, keyBytes);
            sha256 = new byte[Math.multiplyExact(rows, SHA256)];
            first = new long[rows];
            moved = new long[rows];
        }

        /** Compares the key with the last one, and adds the row only if it is greater. Returns the comparison. */
        int add(byte[] source, int from, int to, Digest digest, long firstMirrored, long lastMoved) {
            int order = keys.add(source, from, to);
            if (order > 0) {
                put(digest, firstMirrored, lastMoved);
            }
            return order;
        }

        void append(byte[] key, Row row) {
            if (add(key, 0, key.length, row.digest(), row.first(), row.moved()) <= 0) {
                throw new IllegalStateException("rows must be added in order");
            }
        }

        void append(DigestTable table, int index) {
            append(table, index, table.first[index], table.moved[index]);
        }

        void append(DigestTable table, int index, long firstMirrored, long lastMoved) {
            keys.append(table.keys, index);
            Digest other = table.others.get(index);
            if (other != null) {
                put(other, firstMirrored, lastMoved);
                return;
            }
            room();
            System.arraycopy(table.sha256, index * SHA256, sha256, size * SHA256, SHA256);
            times(firstMirrored, lastMoved);
        }

        private void put(Digest digest, long firstMirrored, long lastMoved) {
            room();
            if (digest.isSha256()) {
                digest.copyTo(sha256, size * SHA256);
            } else {
                others.put(size, digest);
            }
            times(firstMirrored, lastMoved);
        }

        private void times(long firstMirrored, long lastMoved) {
            first[size] = firstMirrored;
            moved[size] = lastMoved;
            size++;
        }

        private void room() {
            if (size == first.length) {
                int rows = size + size / 2 + 8;
                sha256 = Arrays.copyOf(sha256, Math.multiplyExact(rows, SHA256));
                first = Arrays.copyOf(first, rows);
                moved = Arrays.copyOf(moved, rows);
            }
        }

        DigestTable build() {
            return new DigestTable(keys.build(), sha256, others, first, moved);
        }
    }
}
