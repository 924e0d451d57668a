package io.github.gcrsync.git.pending;

import io.github.gcrsync.ledger.Change;
import io.github.gcrsync.ledger.DigestTable;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The changes of a ledger since its last commit: at most one of an image, and one of its row in Seen. Not thread-safe. */
public final class PendingChanges {
    /** By {@code name:tag} or {@code name@digest}, in insertion order. */
    private final LinkedHashMap<String, Change> ofImages = new LinkedHashMap<>();

    /** Changes of Seen alone, by {@code name:tag}; each is later than the tag's change in {@code ofImages}. */
    private final LinkedHashMap<String, Change> ofSeen = new LinkedHashMap<>();

    /** Returns the row of ImageDigests after the changes, or null if there is none. */
    public DigestTable.@Nullable Row after(String key, DigestTable.@Nullable Row committed) {
        Change change = ofImages.get(key);
        return change == null ? committed : change.after(committed);
    }

    /** Returns the row of Seen after the changes, or null if there is none. */
    public DigestTable.@Nullable Row seenAfter(String key, DigestTable.@Nullable Row committed) {
        Change change = ofImages.get(key);
        DigestTable.Row row = change == null ? committed : change.seenAfter(committed);
        Change later = ofSeen.get(key);
        return later == null ? row : later.seenAfter(row);
    }

    public boolean isConfirmed(String key) {
        return ofImages.get(key) instanceof Change.Confirmed;
    }

    /** Whether an image is confirmed, or held back, whose key begins with this. */
    public boolean isAnyPresent(String prefix) {
        return all().anyMatch(change -> change.key().startsWith(prefix)
                && (change instanceof Change.Confirmed || change instanceof Change.FirstSeen));
    }

    /** A copied image stays marked as copied when it is checked again. */
    public void confirm(Change.Confirmed now) {
        ofSeen.remove(now.key());
        ofImages.merge(
                now.key(),
                now,
                (before, _) -> before instanceof Change.Confirmed first
                                && first.copied()
                                && now.digest().equals(first.digest())
                        ? before
                        : now);
    }

    /** An image that was confirmed since the last commit is no longer held back, although it is removed. */
    public void remove(Change removal) {
        if (ofImages.put(removal.key(), removal) instanceof Change.Confirmed) {
            ofSeen.putIfAbsent(removal.key(), new Change.Released(removal.key()));
        }
    }

    /** An image that was confirmed since the last commit is neither gone nor unselected, whatever the sighting says. */
    public void sight(Change.Sighted sighting, DigestTable.@Nullable Row committed) {
        DigestTable.Row row = after(sighting.key(), committed);
        if (!isConfirmed(sighting.key()) && !Objects.equals(row, sighting.after(row))) {
            ofImages.put(sighting.key(), sighting);
        }
    }

    /** @param change of Seen alone */
    public void see(Change change) {
        ofSeen.put(change.key(), change);
    }

    /** Returns the changes of an image in the order in which they were found. */
    public Stream<Change> all() {
        return Stream.concat(ofImages.values().stream(), ofSeen.values().stream());
    }

    /** Removes what was committed, unless it changed again meanwhile. */
    public void committed(Collection<Change> changes) {
        for (Change change : changes) {
            ofImages.remove(change.key(), change);
            ofSeen.remove(change.key(), change);
        }
    }
}
