package io.github.gcrsync.ledger;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The result of applying a run's changes to a mirror's files. It is computed again for each commit it is based on,
 * so that what others recorded meanwhile is kept.
 */
public final class Draft {
    private final ImageDigests before;
    private final KeyTable listBefore;
    private final String destination;
    private final String source;
    private final boolean isFirst;
    /** The row to put, or null to remove it. */
    private final TreeMap<byte[], DigestTable.@Nullable Row> rows = new TreeMap<>(Arrays::compareUnsigned);

    private final List<byte[]> names = new ArrayList<>();
    private final LinkedHashMap<String, String> lines = new LinkedHashMap<>();
    private int images;

    /**
     * @param listBefore may be empty if there are no changes
     * @param destination rows of other destinations are dropped
     * @param source {@code HOST[/PATH]}
     * @param isFirst whether this is the first destination: the changelog shows what moves there, of the others only
     *     images that are new to the list
     */
    public Draft(
            ImageDigests before,
            KeyTable listBefore,
            Collection<Change> changes,
            String destination,
            String source,
            boolean isFirst) {
        this.before = before.isFor(destination, Optional.of(source)) ? before : ImageDigests.empty(destination);
        this.listBefore = listBefore;
        this.destination = destination;
        this.source = source;
        this.isFirst = isFirst;
        changes.forEach(this::apply);
    }

    /** Returns the changelog's lines by {@code name:tag} or {@code name@digest}, in the order of the changes. */
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
        return new ImageDigests(destination, Optional.of(source), table.build());
    }

    private void apply(Change change) {
        byte[] key = KeyTable.key(change.key());
        DigestTable.Row row = before.rows().find(key);
        int before = rows.size() + names.size();
        DigestTable.Row after = change.after(row);
        boolean isMoved = after != null && (row == null || !row.digest().equals(after.digest()));
        if (!Objects.equals(row, after)) {
            rows.put(key, after);
        }
        if (change instanceof Change.Held held) {
            boolean isNew = held.isByDigest() ? row == null && isFirst : listBefore.indexOf(key) < 0;
            if (isNew && !held.isByDigest()) {
                names.add(key);
            }
            if (isNew || (isMoved && held.copied() && isFirst)) {
                lines.put(held.key(), held.line());
            }
        }
        images += rows.size() + names.size() > before ? 1 : 0;
    }
}
