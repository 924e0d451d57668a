package io.github.gcrsync.layout;

import io.github.gcrsync.oci.Bytes;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Tag;
import io.github.gcrsync.text.Printable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The content of an {@code index.json}: its entries in order, and its other fields unchanged. Immutable. */
final class Index {
    static final Index EMPTY = new Index(new LinkedHashMap<>(), new ArrayList<>());

    private final Map<String, Bytes> otherFields;
    private final List<IndexEntry> entries;
    private final Map<String, IndexEntry> byName = new HashMap<>();
    private final Map<Digest, IndexEntry> byDigest = new HashMap<>();
    /** Entries with a name such as docker.io/library/a:1, by its tag. */
    private final Map<String, List<IndexEntry>> byTagOfName = new HashMap<>();

    /** @param otherFields JSON values of the top-level fields except {@code manifests} */
    Index(Map<String, Bytes> otherFields, List<IndexEntry> entries) {
        this.otherFields = otherFields;
        this.entries = entries;
        for (IndexEntry entry : entries) {
            // The first entry of a duplicate name counts, as in skopeo.
            entry.name().ifPresent(name -> {
                byName.putIfAbsent(name, entry);
                if (name.indexOf(':') >= 0) {
                    byTagOfName
                            .computeIfAbsent(tagOf(name), ignored -> new ArrayList<>())
                            .add(entry);
                }
            });
            entry.digest().ifPresent(digest -> byDigest.putIfAbsent(digest, entry));
        }
    }

    Map<String, Bytes> otherFields() {
        return otherFields;
    }

    Iterable<IndexEntry> entries() {
        return entries;
    }

    /** The names that are tags, and the tags of other names if they are unambiguous. */
    Stream<String> tags() {
        return Stream.concat(byName.keySet().stream(), byTagOfName.keySet().stream())
                .filter(Tag::isValid)
                .distinct()
                .filter(tag -> named(tag).isPresent());
    }

    /** Whether there are images, and none of them has a name. */
    boolean isWithoutTags() {
        return byName.isEmpty() && !byDigest.isEmpty();
    }

    /** Returns the names of images that no tag leads to, with their digests, made printable. */
    List<String> unreachable() {
        return unreachableEntries()
                .map(entry -> printable(entry)
                        + entry.digest().map(digest -> "@" + digest).orElse(""))
                .toList();
    }

    /** Returns the names of this manifest that no tag leads to, made printable. */
    List<String> unreachable(Digest manifest) {
        return unreachableEntries()
                .filter(entry -> entry.digest().equals(Optional.of(manifest)))
                .map(Index::printable)
                .toList();
    }

    private Stream<IndexEntry> unreachableEntries() {
        return entries.stream()
                .filter(entry -> entry.name()
                        .filter(name -> !isReachable(entry, tagOf(name)))
                        .isPresent());
    }

    private boolean isReachable(IndexEntry entry, String tag) {
        return Tag.isValid(tag) && entry.digest().equals(named(tag).flatMap(IndexEntry::digest));
    }

    private static String printable(IndexEntry entry) {
        return Printable.shortened(entry.name().orElse(""));
    }

    static String tagOf(String name) {
        return name.substring(name.lastIndexOf(':') + 1);
    }

    Iterable<Digest> digests() {
        return byDigest.keySet();
    }

    /** Returns the entry with the name, otherwise the only image whose name has this tag. */
    Optional<IndexEntry> named(String nameOrTag) {
        return Optional.ofNullable(byName.get(nameOrTag)).or(() -> {
            List<IndexEntry> others = byTagOfName.getOrDefault(nameOrTag, List.of());
            return others.stream().map(IndexEntry::digest).distinct().count() == 1
                    ? Optional.of(others.getFirst())
                    : Optional.empty();
        });
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
            countAll();
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

        /** Removes the entries that match, and returns them. */
        List<IndexEntry> remove(Predicate<IndexEntry> condition) {
            List<IndexEntry> removed = entries.stream().filter(condition).toList();
            if (!removed.isEmpty()) {
                changed = true;
                entries.removeIf(condition);
                positions.clear();
                uses.clear();
                countAll();
            }
            return removed;
        }

        private void countAll() {
            for (int i = 0; i < entries.size(); i++) {
                count(entries.get(i), i);
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
