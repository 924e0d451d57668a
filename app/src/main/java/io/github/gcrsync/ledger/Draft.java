package io.github.gcrsync.ledger;

import io.github.gcrsync.oci.Digest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The result of applying a run's changes to a namespace's files. It is computed again for each commit it is based on,
 * so that what others recorded meanwhile is kept.
 */
public final class Draft {
    private final ImageDigests before;
    private final KeyTable listBefore;
    private final String destination;
    /** The row to put, or null to remove it. */
    private final TreeMap<byte[], DigestTable.@Nullable Row> rows = new TreeMap<>(Arrays::compareUnsigned);

    private final List<byte[]> names = new ArrayList<>();
    private final LinkedHashMap<String, String> lines = new LinkedHashMap<>();
    private int images;

    /**
     * @param listBefore may be empty if there are no changes
     * @param destination rows of other destinations are dropped
     */
    public Draft(ImageDigests before, KeyTable listBefore, Collection<Change> changes, String destination) {
        this.before = before.destination().equals(destination) ? before : ImageDigests.empty(destination);
        this.listBefore = listBefore;
        this.destination = destination;
        changes.forEach(this::apply);
    }

    /** Returns the changelog's lines by {@code name:tag}, in the order of the changes. */
    public SequencedMap<String, String> lines() {
        return lines;
    }

    public boolean changesDigests() {
        return !rows.isEmpty();
    }

    public boolean changesList() {
        return !names.isEmpty();
    }

    /** Returns the number of images with a change. */
    public int images() {
        return images;
    }

    public boolean isEmpty() {
        return rows.isEmpty() && names.isEmpty() && lines.isEmpty();
    }

    public KeyTable list() {
        return KeyTable.union(listBefore, ImageList.table(names));
    }

    public ImageDigests digests() {
        if (rows.isEmpty()) {
            return before;
        }
        DigestTable old = before.rows();
        DigestTable.Builder table = new DigestTable.Builder(
                old.size() + rows.size(),
                old.keys().bytes()
                        + rows.keySet().stream().mapToInt(key -> key.length).sum());
        int i = 0;
        for (Map.Entry<byte[], DigestTable.@Nullable Row> row : rows.entrySet()) {
            while (i < old.size() && old.keys().compare(i, row.getKey()) < 0) {
                table.append(old, i++);
            }
            if (i < old.size() && old.keys().compare(i, row.getKey()) == 0) {
                i++;
            }
            if (row.getValue() != null) {
                table.append(row.getKey(), row.getValue());
            }
        }
        while (i < old.size()) {
            table.append(old, i++);
        }
        return new ImageDigests(destination, table.build());
    }

    private void apply(Change change) {
        byte[] key = KeyTable.key(change.key());
        DigestTable.Row row = before.rows().find(key);
        int before = rows.size() + names.size();
        switch (change) {
            case Change.Held held -> {
                boolean isChanged = put(key, row, held.digest(), held.at());
                boolean isListed = listBefore.indexOf(key) >= 0;
                if (!isListed) {
                    names.add(key);
                }
                if (!isListed || (isChanged && held.copied())) {
                    lines.put(held.key(), held.line());
                }
            }
            case Change.Forgotten _ -> {
                if (row != null) {
                    rows.put(key, null);
                }
            }
        }
        images += rows.size() + names.size() > before ? 1 : 0;
    }

    /** Puts the row unless it is unchanged or another run recorded a later one. Returns whether it did. */
    private boolean put(byte[] key, DigestTable.@Nullable Row row, Digest digest, long at) {
        if (row != null && (row.digest().equals(digest) || row.moved() > at)) {
            return false;
        }
        rows.put(key, new DigestTable.Row(digest, row == null ? at : row.first(), at));
        return true;
    }
}
