package io.github.gcrsync.ledger;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
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
    private final Seen seenBefore;
    private final String destination;
    private final String source;
    private final boolean isFirst;
    /** The row to put, or null to remove it. */
    private final TreeMap<byte[], DigestTable.@Nullable Row> rows = new TreeMap<>(Arrays::compareUnsigned);

    /** Like the rows, of Seen. */
    private final TreeMap<byte[], DigestTable.@Nullable Row> seen = new TreeMap<>(Arrays::compareUnsigned);

    private final List<byte[]> names = new ArrayList<>();
    private final LinkedHashMap<String, String> lines = new LinkedHashMap<>();
    private int images;

    /**
     * @param listBefore may be empty if there are no changes
     * @param changes of one image in the order in which they were found
     * @param destination rows of other destinations are dropped
     * @param source {@code HOST[/PATH]} or {@code oci:DIR}
     * @param meanwhile what others have done since the run read the files
     * @param isFirst whether this is the first destination: the changelog shows what moves there, of the others only
     *     images that are new to the list
     */
    public Draft(
            ImageDigests before,
            KeyTable listBefore,
            Seen seenBefore,
            Collection<Change> changes,
            Meanwhile meanwhile,
            String destination,
            String source,
            boolean isFirst) {
        this.before = before.isFor(destination, Optional.of(source)) ? before : ImageDigests.empty(destination);
        this.listBefore = listBefore;
        this.seenBefore = seenBefore;
        this.destination = destination;
        this.source = source;
        this.isFirst = isFirst;
        changes.forEach(change -> apply(change, meanwhile.removed()));
        doubt(changes, meanwhile.known());
    }

    /**
     * @param known rows that the run has seen
     * @param removed whether others have removed rows since the run began
     */
    public record Meanwhile(DigestTable known, boolean removed) {
        /** Returns this, with what others did between the rows that the run has seen and these. */
        public Meanwhile until(DigestTable rows) {
            return new Meanwhile(known, removed || rows.lacksAnyOf(known));
        }
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

    public boolean changesSeen() {
        return !seen.isEmpty();
    }

    /** Returns the number of images with a change. */
    public int images() {
        return images;
    }

    public boolean isEmpty() {
        return rows.isEmpty() && names.isEmpty() && lines.isEmpty() && seen.isEmpty();
    }

    public KeyTable list() {
        return KeyTable.union(listBefore, ImageList.table(names));
    }

    public ImageDigests digests() {
        return rows.isEmpty()
                ? before
                : new ImageDigests(
                        destination, Optional.of(source), before.rows().with(rows));
    }

    public Seen seen() {
        return seen.isEmpty() ? seenBefore : new Seen(seenBefore.rows().with(seen));
    }

    private void apply(Change change, boolean removed) {
        byte[] key = KeyTable.key(change.key());
        boolean isCounted = rows.containsKey(key) || lines.containsKey(change.key()) || seen.containsKey(key);
        int already = rows.size() + names.size() + seen.size();
        DigestTable.Row row = before.rows().find(key);
        DigestTable.Row after = change.after(row);
        boolean isMoved = after != null && (row == null || !row.digest().equals(after.digest()));
        if (!Objects.equals(row, after)) {
            rows.put(key, after != null && isMoved && removed ? after.toCheck() : after);
        }
        if (change instanceof Change.Confirmed confirmed) {
            boolean isNew = confirmed.isByDigest() ? row == null && isFirst : listBefore.indexOf(key) < 0;
            if (isNew && !confirmed.isByDigest()) {
                names.add(key);
            }
            if (isNew || (isMoved && confirmed.copied() && isFirst)) {
                lines.put(confirmed.key(), confirmed.line());
            }
        }
        see(key, change);
        images += !isCounted && rows.size() + names.size() + seen.size() > already ? 1 : 0;
    }

    /** Others may have stored images while this run, or a killed one before it, deleted some. */
    private void doubt(Collection<Change> changes, DigestTable known) {
        List<Change.Pruned> pruned = changes.stream()
                .filter(Change.Pruned.class::isInstance)
                .map(Change.Pruned.class::cast)
                .toList();
        if (pruned.isEmpty()) {
            return;
        }
        DigestTable tip = before.rows();
        long since = pruned.stream()
                .filter(Change.Pruned::wasMissing)
                .flatMap(change -> Optional.ofNullable(tip.find(KeyTable.key(change.key()))).stream())
                .flatMap(row -> row.attributes().since().stream())
                .mapToLong(Instant::getEpochSecond)
                .min()
                .orElse(Long.MAX_VALUE);
        tip.toCheck(i -> tip.moved(i) >= since || !tip.sameMove(tip.keys().copy(i), known))
                .forEach((key, row) -> {
                    DigestTable.Row changed = rows.getOrDefault(key, row);
                    if (changed != null) {
                        rows.put(key, changed.toCheck());
                    }
                });
    }

    /** A tag may be mirrored and, with another digest, held back in one draft. */
    private void see(byte[] key, Change change) {
        DigestTable.Row row = seenBefore.rows().find(key);
        DigestTable.Row after = change.seenAfter(seen.containsKey(key) ? seen.get(key) : row);
        if (Objects.equals(row, after)) {
            seen.remove(key);
        } else {
            seen.put(key, after);
        }
    }
}
