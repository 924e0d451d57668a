package io.github.gcrsync.ledger;

import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * While a run deletes images, others may store some. A registry that deletes a manifest with all its tags may have deleted
 * what was stored just before, whatever its repository is called at the source. So new rows are marked where rows were
 * removed, and the next sync asks the destination for these images.
 */
final class Doubts {
    private Doubts() {}

    /** Whether a version of a table lacks rows of an earlier one. */
    static boolean isAnyRemoved(DigestTable before, DigestTable after) {
        if (before == after) {
            return false;
        }
        int j = 0;
        for (int i = 0; i < before.size(); i++) {
            while (j < after.size() && after.keys().compare(j, before.keys(), i) < 0) {
                j++;
            }
            if (j == after.size() || after.keys().compare(j, before.keys(), i) != 0) {
                return true;
            }
        }
        return false;
    }

    /** Returns these rows with a mark. */
    static SortedMap<byte[], DigestTable.@Nullable Row> marked(DigestTable rows, IntPredicate which) {
        SortedMap<byte[], DigestTable.@Nullable Row> marked = new TreeMap<>(Arrays::compareUnsigned);
        for (int i = 0; i < rows.size(); i++) {
            if (which.test(i)) {
                marked.put(rows.keys().copy(i), marked(rows.row(i)));
            }
        }
        return marked;
    }

    static DigestTable.Row marked(DigestTable.Row row) {
        return new DigestTable.Row(
                row.digest(), row.first(), row.moved(), row.attributes().toCheck());
    }
}
