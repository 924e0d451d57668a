package io.github.gcrsync.ledger;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** An in-memory ledger that starts empty. It makes no commits and has no changelog. */
public final class MemoryLedger implements Ledger {
    private final String destination;
    private final InstantSource clock;
    /** By {@code name:tag}. */
    private final NavigableMap<String, Recorded> rows = new TreeMap<>();

    private final NavigableSet<String> listed = new TreeSet<>();
    /** Since the last checkpoint. */
    private final Set<String> changed = new HashSet<>();

    /** @param destination for the header of ImageDigests */
    public MemoryLedger(String destination, InstantSource clock) {
        this.destination = destination;
        this.clock = clock;
    }

    @Override
    public synchronized Optional<Digest> mirrored(RepositoryName name, String tag) {
        return Optional.ofNullable(rows.get(key(name, tag))).map(Recorded::digest);
    }

    @Override
    public synchronized boolean listed(RepositoryName name, String tag) {
        return listed.contains(key(name, tag));
    }

    @Override
    public synchronized Stream<Recorded> recorded() {
        return List.copyOf(rows.values()).stream();
    }

    @Override
    public List<OtherLedger> others() {
        return List.of();
    }

    @Override
    public synchronized void record(Collection<Entry> entries) {
        entries.forEach(this::note);
    }

    @Override
    public synchronized void adopt(Collection<Entry> entries) {
        entries.forEach(this::note);
    }

    @Override
    public synchronized void forget(RepositoryName name, String tag) {
        String key = key(name, tag);
        if (rows.remove(key) != null) {
            changed.add(key);
        }
    }

    @Override
    public synchronized Published checkpoint() {
        Published published = new Published(Optional.empty(), false, changed.size());
        changed.clear();
        return published;
    }

    @Override
    public synchronized Preview preview() {
        DigestTable.Builder table = new DigestTable.Builder(rows.size(), 0);
        rows.forEach((key, row) -> table.append(
                KeyTable.key(key),
                new DigestTable.Row(
                        row.digest(),
                        row.firstMirrored().getEpochSecond(),
                        row.lastMoved().getEpochSecond())));
        try {
            byte[] digests =
                    new ImageDigests(destination, table.build()).content().bytes();
            return new Preview(ImageList.json(listed), new byte[0], digests);
        } catch (IOException e) {
            throw new IllegalStateException("cannot happen: reading from memory", e);
        }
    }

    private void note(Entry entry) {
        Recorded before = rows.get(entry.key());
        if (before != null && before.digest().equals(entry.digest())) {
            return;
        }
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Instant moved = before != null && before.lastMoved().isAfter(now) ? before.lastMoved() : now;
        rows.put(
                entry.key(),
                new Recorded(
                        entry.name(),
                        entry.tag(),
                        entry.digest(),
                        before == null ? moved : before.firstMirrored(),
                        moved));
        listed.add(entry.key());
        changed.add(entry.key());
    }

    private static String key(RepositoryName name, String tag) {
        return name + ":" + tag;
    }
}
