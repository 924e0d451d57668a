package io.github.gcrsync.ledger;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** An in-memory ledger that starts empty. It makes no commits and has no changelog. */
public final class MemoryLedger implements Ledger {
    private final String destination;
    private final String source;
    private final String contentRule;
    private final InstantSource clock;
    /** By {@code name:tag} or {@code name@digest}. */
    private final NavigableMap<String, DigestTable.Row> rows = new TreeMap<>();

    /** Rows of Seen, by {@code name:tag}. */
    private final NavigableMap<String, DigestTable.Row> held = new TreeMap<>();

    private final NavigableSet<String> listed = new TreeSet<>();
    /** Since the last checkpoint. */
    private final Set<String> changed = new HashSet<>();

    /**
     * @param destination for the header of ImageDigests, like the source
     * @param source {@code HOST[/PATH]} or {@code oci:DIR}
     * @param contentRule recorded with the images; empty for the defaults
     */
    public MemoryLedger(String destination, String source, String contentRule, InstantSource clock) {
        this.destination = destination;
        this.source = source;
        this.contentRule = contentRule;
        this.clock = clock;
    }

    @Override
    public synchronized Optional<DigestTable.Row> row(RepositoryName name, String reference) {
        return Optional.ofNullable(rows.get(ImageKey.text(name, reference)));
    }

    /** There is one destination. */
    @Override
    public boolean mirroredAnywhere(RepositoryName name, String tag, Digest digest) {
        return mirrored(name, tag).filter(digest::equals).isPresent();
    }

    @Override
    public String contentRule() {
        return contentRule;
    }

    @Override
    public synchronized boolean listed(RepositoryName name, String reference) {
        return listed.contains(ImageKey.text(name, reference));
    }

    @Override
    public synchronized Stream<Recorded> recorded() {
        return rows.entrySet().stream()
                .map(row -> Recorded.of(ImageKey.parse(row.getKey()).orElseThrow(), row.getValue()))
                .toList()
                .stream();
    }

    @Override
    public List<OtherLedger> others() {
        return List.of();
    }

    @Override
    public synchronized void record(Collection<Entry> entries) {
        entries.forEach(entry -> note(entry, true));
    }

    @Override
    public synchronized void adopt(Collection<Entry> entries) {
        entries.forEach(entry -> note(entry, false));
    }

    @Override
    public synchronized void forget(RepositoryName name, String reference) {
        row(name, reference)
                .ifPresent(row -> apply(new Change.Forgotten(ImageKey.text(name, reference), row.digest())));
    }

    @Override
    public synchronized void sighted(Collection<Sighting> images) {
        long now = clock.instant().getEpochSecond();
        images.forEach(image -> apply(new Change.Sighted(image.key(), image.state(), now)));
    }

    @Override
    public synchronized void pruned(Collection<Recorded> images, boolean wereMissing) {
        images.forEach(image -> apply(new Change.Pruned(image.image(), image.digest(), wereMissing)));
    }

    @Override
    public synchronized boolean knows(RepositoryName name) {
        return Stream.of(rows.navigableKeySet(), listed, held.navigableKeySet())
                .flatMap(keys -> Stream.of(keys.ceiling(name + ":"), keys.ceiling(name + "@")))
                .anyMatch(key -> key != null && (key.startsWith(name + ":") || key.startsWith(name + "@")));
    }

    @Override
    public synchronized Optional<Instant> seen(RepositoryName name, String tag, Digest digest) {
        return Seen.time(held.get(ImageKey.text(name, tag)), digest);
    }

    @Override
    public synchronized Stream<HeldBack> held() {
        return held.entrySet().stream()
                .map(row -> HeldBack.of(row.getKey(), row.getValue().digest()))
                .toList()
                .stream();
    }

    @Override
    public void hold(Collection<HeldBack> tags) {
        see(tags, clock.instant());
    }

    @Override
    public void accept(Collection<HeldBack> tags) {
        see(tags, Instant.EPOCH);
    }

    private synchronized void see(Collection<HeldBack> tags, Instant at) {
        for (HeldBack each : tags) {
            if (Seen.time(held.get(each.key()), each.digest()).isEmpty()) {
                see(new Change.FirstSeen(each.key(), each.digest(), at.getEpochSecond()));
            }
        }
    }

    @Override
    public synchronized void release(RepositoryName name, String tag) {
        see(new Change.Released(ImageKey.text(name, tag)));
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
        rows.forEach((key, row) -> table.append(KeyTable.key(key), row));
        DigestTable.Builder seen = new DigestTable.Builder(held.size(), 0);
        held.forEach((key, row) -> seen.append(KeyTable.key(key), row));
        try {
            byte[] digests = new ImageDigests(destination, Optional.of(source), table.build())
                    .content()
                    .bytes();
            byte[] times = held.isEmpty()
                    ? new byte[0]
                    : new Seen(seen.build()).content().bytes();
            return new Preview(ImageList.json(listed), new byte[0], digests, times);
        } catch (IOException e) {
            throw new IllegalStateException("cannot happen: reading from memory", e);
        }
    }

    private void note(Entry entry, boolean copied) {
        DigestTable.Row before = rows.get(entry.key());
        long now = clock.instant().getEpochSecond();
        Change.Confirmed confirmed = Change.Confirmed.of(
                entry, "", before == null ? now : Math.max(now, before.moved()), copied, true, contentRule);
        apply(confirmed);
        if (!confirmed.isByDigest()) {
            listed.add(entry.key());
        }
        see(confirmed);
    }

    private void apply(Change change) {
        DigestTable.Row before = rows.get(change.key());
        DigestTable.Row after = change.after(before);
        if (after == null) {
            rows.remove(change.key());
        } else {
            rows.put(change.key(), after);
        }
        if (!Objects.equals(before, after)) {
            changed.add(change.key());
        }
    }

    private void see(Change change) {
        DigestTable.Row before = held.get(change.key());
        DigestTable.Row after = change.seenAfter(before);
        if (after == null) {
            held.remove(change.key());
        } else {
            held.put(change.key(), after);
        }
        if (!Objects.equals(before, after)) {
            changed.add(change.key());
        }
    }
}
