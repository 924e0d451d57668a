package io.github.gcrsync.ledger;

import io.github.gcrsync.oci.Digest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Digest, times and attributes of every recorded image, sorted by its key, in a few arrays: about 90 bytes per row, so
 * that a million rows fit a small heap. Rows share equal attributes. Times are seconds since the epoch.
 */
public final class DigestTable {
    public static final DigestTable EMPTY = new Builder(0, 0).build();

    private static final int SHA256 = 32;
    private static final int MOST_SHARED = 4096;

    private final KeyTable keys;
    private final byte[] sha256;
    /** The few rows whose digest is not SHA-256. */
    private final Map<Integer, Digest> others;

    private final long[] first;
    private final long[] moved;
    /** Positions in {@code distinct}. */
    private final int[] attributes;

    private final List<Attributes> distinct;

    private DigestTable(
            KeyTable keys,
            byte[] sha256,
            Map<Integer, Digest> others,
            long[] first,
            long[] moved,
            int[] attributes,
            List<Attributes> distinct) {
        this.keys = keys;
        this.sha256 = sha256;
        this.others = others;
        this.first = first;
        this.moved = moved;
        this.attributes = attributes;
        this.distinct = distinct;
    }

    /** A copy of the row of one image. */
    public record Row(Digest digest, long first, long moved, Attributes attributes) {
        /** Returns the row with the mark for the next sync, which asks the destination for the image. */
        Row toCheck() {
            return new Row(digest, first, moved, attributes.toCheck());
        }
    }

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

    public Attributes attributes(int index) {
        return distinct.get(attributes[index]);
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
        return new Row(digest(index), first[index], moved[index], attributes(index));
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

    /** Whether both rows have the same digest since the same time. */
    boolean sameMove(int index, DigestTable table, int otherIndex) {
        return moved[index] == table.moved[otherIndex] && sameDigest(index, table, otherIndex);
    }

    /** Whether both tables have this key with the same digest since the same time. */
    boolean sameMove(byte[] key, DigestTable table) {
        int index = keys.indexOf(key);
        int otherIndex = table.keys.indexOf(key);
        return index >= 0 && otherIndex >= 0 && sameMove(index, table, otherIndex);
    }

    /** Returns the latest "last moved" of all rows; {@link Long#MIN_VALUE} for an empty table. */
    long newest() {
        return Arrays.stream(moved, 0, size()).max().orElse(Long.MIN_VALUE);
    }

    /** Whether rows of an earlier version are missing here. */
    boolean lacksAnyOf(DigestTable earlier) {
        int j = 0;
        for (int i = 0; this != earlier && i < earlier.size(); i++) {
            while (j < size() && keys.compare(j, earlier.keys, i) < 0) {
                j++;
            }
            if (j == size() || keys.compare(j, earlier.keys, i) != 0) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns these rows with the mark for the next sync. While a run deletes images, others may store some, and a registry
     * that deletes a manifest with all its tags may have deleted what was stored just before, whatever its repository is
     * called at the source.
     */
    SortedMap<byte[], @Nullable Row> toCheck(IntPredicate which) {
        SortedMap<byte[], @Nullable Row> marked = new TreeMap<>(Arrays::compareUnsigned);
        for (int i = 0; i < size(); i++) {
            if (which.test(i)) {
                marked.put(keys.copy(i), row(i).toCheck());
            }
        }
        return marked;
    }

    /** Returns the table with these rows put, or removed if they are null. */
    DigestTable with(SortedMap<byte[], @Nullable Row> changes) {
        if (changes.isEmpty()) {
            return this;
        }
        Builder table = new Builder(
                size() + changes.size(),
                keys.bytes()
                        + changes.keySet().stream().mapToInt(key -> key.length).sum());
        int i = 0;
        for (Map.Entry<byte[], @Nullable Row> change : changes.entrySet()) {
            while (i < size() && keys.compare(i, change.getKey()) < 0) {
                table.append(this, i++);
            }
            if (i < size() && keys.compare(i, change.getKey()) == 0) {
                i++;
            }
            if (change.getValue() != null) {
                table.append(change.getKey(), change.getValue());
            }
        }
        while (i < size()) {
            table.append(this, i++);
        }
        return table.build();
    }

    /** Adds rows in ascending order of their keys. */
    static final class Builder {
        private final KeyTable.Builder keys;
        private final Map<Integer, Digest> others = new HashMap<>();
        private byte[] sha256;
        private long[] first;
        private long[] moved;
        private int[] attributes;
        private final List<Attributes> distinct = new ArrayList<>();
        /** Positions of the first distinct attributes; if most rows have their own, there is nothing to share. */
        private final Map<Attributes, Integer> shared = new HashMap<>();

        private int size;

        Builder(int rows, int keyBytes) {
            keys = new KeyTable.Builder(rows, keyBytes);
            sha256 = new byte[Math.multiplyExact(rows, SHA256)];
            first = new long[rows];
            moved = new long[rows];
            attributes = new int[rows];
        }

        /** Compares the key with the last one, and adds the row only if it is greater. Returns the comparison. */
        int add(byte[] source, int from, int to, Row row) {
            int order = keys.add(source, from, to);
            if (order > 0) {
                put(row);
            }
            return order;
        }

        void append(byte[] key, Row row) {
            if (add(key, 0, key.length, row) <= 0) {
                throw new IllegalStateException("rows must be added in order");
            }
        }

        void append(DigestTable table, int index) {
            append(table, index, table.first[index], table.moved[index], table.attributes(index));
        }

        void append(DigestTable table, int index, long firstMirrored, long lastMoved, Attributes described) {
            keys.append(table.keys, index);
            room();
            Digest other = table.others.get(index);
            if (other != null) {
                others.put(size, other);
            } else {
                System.arraycopy(table.sha256, index * SHA256, sha256, size * SHA256, SHA256);
            }
            rest(firstMirrored, lastMoved, described);
        }

        private void put(Row row) {
            room();
            if (row.digest().isSha256()) {
                row.digest().copyTo(sha256, size * SHA256);
            } else {
                others.put(size, row.digest());
            }
            rest(row.first(), row.moved(), row.attributes());
        }

        private void rest(long firstMirrored, long lastMoved, Attributes described) {
            first[size] = firstMirrored;
            moved[size] = lastMoved;
            attributes[size] = position(described);
            size++;
        }

        private int position(Attributes described) {
            Integer known = shared.get(described);
            if (known != null) {
                return known;
            }
            distinct.add(described);
            if (shared.size() < MOST_SHARED) {
                shared.put(described, distinct.size() - 1);
            }
            return distinct.size() - 1;
        }

        private void room() {
            if (size == first.length) {
                int rows = size + size / 2 + 8;
                sha256 = Arrays.copyOf(sha256, Math.multiplyExact(rows, SHA256));
                first = Arrays.copyOf(first, rows);
                moved = Arrays.copyOf(moved, rows);
                attributes = Arrays.copyOf(attributes, rows);
            }
        }

        DigestTable build() {
            return new DigestTable(keys.build(), sha256, others, first, moved, attributes, distinct);
        }
    }
}
