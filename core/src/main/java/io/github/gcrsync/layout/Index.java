package io.github.gcrsync.layout;

import io.github.gcrsync.oci.Bytes;
import io.github.gcrsync.oci.Digest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The content of an {@code index.json}: its entries in order, and its other fields unchanged. Immutable. */
final class Index {
    static final Index EMPTY = new Index(new LinkedHashMap<>(), new ArrayList<>());

    private final Map<String, Bytes> otherFields;
    private final List<IndexEntry> entries;
    private final Map<String, IndexEntry> byName = new HashMap<>();
    private final Map<Digest, IndexEntry> byDigest = new HashMap<>();

    /** @param otherFields JSON values of the top-level fields except {@code manifests} */
    Index(Map<String, Bytes> otherFields, List<IndexEntry> entries) {
        this.otherFields = otherFields;
        this.entries = entries;
        for (IndexEntry entry : entries) {
            // The first entry of a duplicate name counts, as in skopeo.
            entry.name().ifPresent(name -> byName.putIfAbsent(name, entry));
            entry.digest().ifPresent(digest -> byDigest.putIfAbsent(digest, entry));
        }
    }

    Map<String, Bytes> otherFields() {
        return otherFields;
    }

    Iterable<IndexEntry> entries() {
        return entries;
    }

    Iterable<String> names() {
        return byName.keySet();
    }

    Iterable<Digest> digests() {
        return byDigest.keySet();
    }

    Optional<IndexEntry> named(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    Optional<IndexEntry> of(Digest digest) {
        return Optional.ofNullable(byDigest.get(digest));
    }

    /** Returns the index after the changes, or this index if nothing changes. */
    Index with(Iterable<Consumer<Draft>> changes) {
        Draft draft = new Draft();
        changes.forEach(change -> change.accept(draft));
        return draft.done();
    }

    /** Collects changes, so that those of several callers cost one copy of the index. */
    final class Draft {
        private final List<IndexEntry> entries = new ArrayList<>(Index.this.entries);
        private final Map<String, Integer> positions = new HashMap<>();
        private final Map<Digest, Integer> uses = new HashMap<>();
        private boolean changed;

        private Draft() {
            for (int i = 0; i < entries.size(); i++) {
                count(entries.get(i), i);
            }
        }

        /** Returns the current entry with the name. */
        Optional<IndexEntry> named(String name) {
            @Nullable Integer position = positions.get(name);
            return position == null ? Optional.empty() : Optional.of(entries.get(position));
        }

        boolean holds(Digest digest) {
            return uses.getOrDefault(digest, 0) > 0;
        }

        /** Replaces all entries with the same name, or appends the entry. */
        void put(IndexEntry entry) {
            changed = true;
            @Nullable Integer position = entry.name().map(positions::get).orElse(null);
            if (position == null) {
                entries.add(entry);
                count(entry, entries.size() - 1);
            } else {
                entries.set(position, entry).digest().ifPresent(old -> uses.merge(old, -1, Integer::sum));
                count(entry, position);
            }
        }

        private void count(IndexEntry entry, int position) {
            entry.digest().ifPresent(digest -> uses.merge(digest, 1, Integer::sum));
            entry.name().ifPresent(name -> positions.putIfAbsent(name, position));
        }

        private Index done() {
            if (!changed) {
                return Index.this;
            }
            // A change removes duplicate names and keeps the first position.
            List<IndexEntry> kept = new ArrayList<>(entries.size());
            for (int i = 0; i < entries.size(); i++) {
                IndexEntry entry = entries.get(i);
                if (entry.name().map(positions::get).orElse(i).equals(i)) {
                    kept.add(entry);
                }
            }
            return new Index(otherFields, kept);
        }
    }
}
