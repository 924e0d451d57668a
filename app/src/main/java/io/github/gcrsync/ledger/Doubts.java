package io.github.gcrsync.ledger;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Repositories from which a run removed images while another run may have stored some. A registry that deletes a manifest
 * with all its tags may have deleted what was stored just before, so new rows of these repositories are marked for the
 * next sync, which asks the destination for them.
 *
 * @param names relative to the source
 */
public record Doubts(Set<String> names) {
    public static final Doubts NONE = new Doubts(Set.of());

    public Doubts {
        names = Set.copyOf(names);
    }

    /** Returns the repositories with rows that one version of a table has lost. */
    public static Doubts of(DigestTable before, DigestTable after) {
        if (before == after) {
            return NONE;
        }
        Set<String> names = new HashSet<>();
        int j = 0;
        for (int i = 0; i < before.size(); i++) {
            while (j < after.size() && after.keys().compare(j, before.keys(), i) < 0) {
                j++;
            }
            if (j == after.size() || after.keys().compare(j, before.keys(), i) != 0) {
                names.add(ImageKey.name(before.keys().text(i)));
            }
        }
        return new Doubts(names);
    }

    public Doubts and(Doubts others) {
        if (others.names.isEmpty()) {
            return this;
        }
        Set<String> both = new HashSet<>(names);
        both.addAll(others.names);
        return new Doubts(both);
    }

    boolean isAbout(String key) {
        return names.contains(ImageKey.name(key));
    }

    /** Returns the rows of these repositories with a mark, except those whose keys are excluded. */
    SortedMap<byte[], DigestTable.@Nullable Row> marked(DigestTable rows, Predicate<byte[]> excluded) {
        SortedMap<byte[], DigestTable.@Nullable Row> marked = new TreeMap<>(Arrays::compareUnsigned);
        names.stream()
                .flatMap(name -> Stream.of(name + ":", name + "@"))
                .flatMap(rows.keys()::beginning)
                .map(KeyTable::key)
                .filter(excluded.negate())
                .forEach(key -> marked.put(key, marked(Objects.requireNonNull(rows.find(key)))));
        return marked;
    }

    static DigestTable.Row marked(DigestTable.Row row) {
        return new DigestTable.Row(
                row.digest(), row.first(), row.moved(), row.attributes().toCheck());
    }
}
