package io.github.gcrsync.ledger;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Distinct keys sorted by their bytes, in one array: a million {@code name:tag} take about 35 MB, a third of what
 * strings would take.
 */
public final class KeyTable {
    public static final KeyTable EMPTY = new Builder(0, 0).build();

    private final byte[] bytes;
    private final int[] ends;
    private final int size;

    private KeyTable(byte[] bytes, int[] ends, int size) {
        this.bytes = bytes;
        this.ends = ends;
        this.size = size;
    }

    public static byte[] key(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    public int size() {
        return size;
    }

    /** Returns the total length of all keys. */
    int bytes() {
        return size == 0 ? 0 : ends[size - 1];
    }

    int length(int index) {
        return ends[index] - start(index);
    }

    public String text(int index) {
        return new String(bytes, start(index), length(index), StandardCharsets.UTF_8);
    }

    public byte[] copy(int index) {
        return Arrays.copyOfRange(bytes, start(index), ends[index]);
    }

    /** Returns the index of the key, or {@code -1 - i} if it would be inserted at i. */
    public int indexOf(byte[] key) {
        int low = 0;
        int high = size - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = compare(middle, key);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1 - low;
    }

    /** Returns the keys that begin with this prefix. */
    public Stream<String> beginning(String prefix) {
        byte[] start = key(prefix);
        int at = indexOf(start);
        return IntStream.range(at < 0 ? -1 - at : at, size)
                .takeWhile(i -> length(i) >= start.length
                        && Arrays.equals(bytes, start(i), start(i) + start.length, start, 0, start.length))
                .mapToObj(this::text);
    }

    public int compare(int index, byte[] key) {
        return Arrays.compareUnsigned(bytes, start(index), ends[index], key, 0, key.length);
    }

    public int compare(int index, KeyTable other, int otherIndex) {
        return Arrays.compareUnsigned(
                bytes, start(index), ends[index], other.bytes, other.start(otherIndex), other.ends[otherIndex]);
    }

    /** Returns the keys of both tables. */
    public static KeyTable union(KeyTable a, KeyTable b) {
        Builder union = new Builder(a.size + b.size, a.bytes() + b.bytes());
        int i = 0;
        int j = 0;
        while (i < a.size || j < b.size) {
            int order = i == a.size ? 1 : j == b.size ? -1 : a.compare(i, b, j);
            if (order <= 0) {
                union.append(a, i++);
                j += order == 0 ? 1 : 0;
            } else {
                union.append(b, j++);
            }
        }
        return union.build();
    }

    private int start(int index) {
        return index == 0 ? 0 : ends[index - 1];
    }

    /** Adds keys in ascending order. */
    static final class Builder {
        private byte[] bytes;
        private int[] ends;
        private int size;
        private int used;

        Builder(int rows, int length) {
            ends = new int[rows];
            bytes = new byte[length];
        }

        /** Compares the key with the last one, and adds it only if it is greater. Returns the comparison. */
        int add(byte[] source, int from, int to) {
            int order = size == 0
                    ? 1
                    : Arrays.compareUnsigned(source, from, to, bytes, size == 1 ? 0 : ends[size - 2], used);
            if (order > 0) {
                append(source, from, to);
            }
            return order;
        }

        void append(KeyTable table, int index) {
            append(table.bytes, table.start(index), table.ends[index]);
        }

        private void append(byte[] source, int from, int to) {
            int length = to - from;
            if (bytes.length - used < length) {
                bytes = Arrays.copyOf(bytes, Math.addExact(used, Math.max(length, used / 2)));
            }
            if (size == ends.length) {
                ends = Arrays.copyOf(ends, size + size / 2 + 8);
            }
            System.arraycopy(source, from, bytes, used, length);
            used += length;
            ends[size++] = used;
        }

        KeyTable build() {
            return new KeyTable(bytes, ends, size);
        }
    }
}
