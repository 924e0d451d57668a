package io.github.gcrsync.git;

import io.github.gcrsync.git.pending.PendingChanges;
import io.github.gcrsync.ledger.Change;
import io.github.gcrsync.ledger.DigestTable;
import io.github.gcrsync.ledger.Draft;
import io.github.gcrsync.ledger.Entry;
import io.github.gcrsync.ledger.ImageKey;
import io.github.gcrsync.ledger.KeyTable;
import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.ledger.LedgerException;
import io.github.gcrsync.ledger.OtherLedger;
import io.github.gcrsync.ledger.Published;
import io.github.gcrsync.ledger.Recorded;
import io.github.gcrsync.ledger.Seen;
import io.github.gcrsync.ledger.Sighting;
import io.github.gcrsync.ledger.changelog.Changelog;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.text.Message;
import io.github.gcrsync.text.Printable;
import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.jspecify.annotations.Nullable;

/**
 * The ledger of one mirror at one destination in a git repository. A checkpoint does not block the other calls while it talks to the
 * remote. All checkpoints of a ledger share one changelog entry.
 */
final class GitLedger implements Ledger {
    private final MetadataRepository repository;
    private final RunIdentity run;
    private final RunEntry entry;
    private final Object oneCheckpoint = new Object();

    /** Guarded by this object, like {@code pending}. */
    private Snapshot snapshot;

    /** Whether others have removed rows since the run began. */
    private boolean removed;

    private final PendingChanges pending = new PendingChanges();

    /** @param entry of the run in the mirror's changelog, which the ledgers of all its destinations share */
    GitLedger(MetadataRepository repository, RunIdentity run, RunEntry entry, Snapshot snapshot) {
        this.repository = repository;
        this.run = run;
        this.entry = entry;
        this.snapshot = snapshot;
    }

    @Override
    public synchronized Optional<DigestTable.Row> row(RepositoryName name, String reference) {
        return Optional.ofNullable(row(ImageKey.text(name, reference)));
    }

    private DigestTable.@Nullable Row row(String key) {
        return pending.after(key, committedRow(key));
    }

    private DigestTable.@Nullable Row committedRow(String key) {
        return read(Snapshot::rows).find(KeyTable.key(key));
    }

    @Override
    public synchronized boolean mirroredAnywhere(RepositoryName name, String tag, Digest digest) {
        byte[] key = KeyTable.key(ImageKey.text(name, tag));
        return mirrored(name, tag).filter(digest::equals).isPresent()
                || read(Snapshot::allDigests).stream().anyMatch(rows -> {
                    DigestTable.Row row = rows.find(key);
                    return row != null && row.digest().equals(digest);
                });
    }

    @Override
    public String contentRule() {
        return run.contentRule();
    }

    @Override
    public synchronized boolean listed(RepositoryName name, String reference) {
        if (ImageKey.isDigest(reference)) {
            return false;
        }
        String key = ImageKey.text(name, reference);
        return pending.isConfirmed(key) || read(known -> known.list().indexOf(KeyTable.key(key)) >= 0);
    }

    @Override
    public synchronized Stream<Recorded> recorded() {
        return read(known -> draft(known).digests()).recorded();
    }

    @Override
    public synchronized List<OtherLedger> others() {
        return read(Snapshot::others);
    }

    @Override
    public void record(Collection<Entry> entries) {
        note(entries, true);
    }

    @Override
    public void adopt(Collection<Entry> entries) {
        note(entries, false);
    }

    @Override
    public synchronized void forget(RepositoryName name, String reference) {
        row(name, reference)
                .ifPresent(row -> pending.remove(new Change.Forgotten(ImageKey.text(name, reference), row.digest())));
    }

    @Override
    public synchronized void sighted(Collection<Sighting> images) {
        long now = run.clock().instant().getEpochSecond();
        images.forEach(
                image -> pending.sight(new Change.Sighted(image.key(), image.state(), now), committedRow(image.key())));
    }

    @Override
    public synchronized void pruned(Collection<Recorded> images, boolean wereMissing) {
        images.stream()
                .filter(image -> mirrored(image.name(), image.reference()).equals(Optional.of(image.digest())))
                .forEach(image -> pending.remove(new Change.Pruned(image.image(), image.digest(), wereMissing)));
    }

    @Override
    public synchronized boolean knows(RepositoryName name) {
        return Stream.of(name + ":", name + "@").anyMatch(this::hasKeyBeginning);
    }

    private boolean hasKeyBeginning(String prefix) {
        return pending.isAnyPresent(prefix)
                || read(known -> known.list().beginning(prefix).findFirst()).isPresent()
                || read(known -> known.seen().rows().keys().beginning(prefix).toList()).stream()
                        .anyMatch(key -> seenRow(key) != null)
                || read(known -> known.digests().rows().keys().beginning(prefix).toList()).stream()
                        .anyMatch(key -> row(key) != null);
    }

    @Override
    public synchronized Optional<Instant> seen(RepositoryName name, String tag, Digest digest) {
        return Seen.time(seenRow(ImageKey.text(name, tag)), digest);
    }

    private DigestTable.@Nullable Row seenRow(String key) {
        Seen seen = read(Snapshot::seen);
        return pending.seenAfter(key, seen.rows().find(KeyTable.key(key)));
    }

    @Override
    public synchronized Stream<HeldBack> held() {
        DigestTable rows = read(known -> draft(known).seen()).rows();
        return IntStream.range(0, rows.size())
                .mapToObj(i -> HeldBack.of(rows.keys().text(i), rows.digest(i)));
    }

    @Override
    public void hold(Collection<HeldBack> tags) {
        see(tags, run.clock().instant());
    }

    @Override
    public void accept(Collection<HeldBack> tags) {
        see(tags, Instant.EPOCH);
    }

    private synchronized void see(Collection<HeldBack> tags, Instant at) {
        for (HeldBack each : tags) {
            String key = each.key();
            if (Seen.time(seenRow(key), each.digest()).isEmpty()) {
                pending.see(new Change.FirstSeen(key, each.digest(), at.getEpochSecond()));
            }
        }
    }

    @Override
    public synchronized void release(RepositoryName name, String tag) {
        pending.see(new Change.Released(ImageKey.text(name, tag)));
    }

    @Override
    public Published checkpoint() {
        synchronized (oneCheckpoint) {
            Checkpoint checkpoint = new Checkpoint(this, run, entry);
            MetadataBranch.Outcome outcome = repository.publish(checkpoint);
            return new Published(
                    outcome.changed() || outcome.pushed()
                            ? Optional.of(outcome.commit().name())
                            : Optional.empty(),
                    outcome.pushed(),
                    checkpoint.images());
        }
    }

    @Override
    public synchronized Preview preview() {
        return read(known -> {
            Draft draft = draft(known);
            Seen seen = draft.seen();
            Checkpoint.Files files = new Checkpoint(this, run, entry).files(known, draft);
            return new Preview(
                    files.imageList().bytes(),
                    files.readme().bytes(),
                    files.imageDigests().bytes(),
                    seen.isEmpty() ? new byte[0] : seen.content().bytes());
        });
    }

    synchronized List<Change> changes() {
        return pending.all().toList();
    }

    /** Reads the files in the commit; reuses what is known of an earlier one. */
    synchronized <T> T at(Repository git, ObjectId commit, Reading<T> reading) throws IOException {
        return reading.from(snapshot.movedTo(commit, git));
    }

    synchronized void committed(Collection<Change> changes, Snapshot on, Snapshot now) throws IOException {
        removed = meanwhile(on).removed();
        pending.committed(changes);
        snapshot = now;
    }

    interface Reading<T> {
        T from(Snapshot snapshot) throws IOException;
    }

    /** Applies all changes since the last commit. */
    synchronized Draft draft(Snapshot on) throws IOException {
        return draft(on, changes());
    }

    synchronized Draft draft(Snapshot on, Collection<Change> changes) throws IOException {
        return on.draft(changes, meanwhile(on));
    }

    private Draft.Meanwhile meanwhile(Snapshot tip) throws IOException {
        return new Draft.Meanwhile(snapshot.rows(), removed).until(tip.rows());
    }

    private synchronized void note(Collection<Entry> entries, boolean copied) {
        for (Entry noted : entries) {
            String key = noted.key();
            String line = Changelog.line(run.source(), noted);
            DigestTable.Row known = row(key);
            boolean isCheck = known != null && known.attributes().areToCheck();
            pending.confirm(Change.Confirmed.of(noted, line, at(key), copied, isCheck, run.contentRule()));
        }
    }

    /** Never before the recorded time: if the clock went backwards, this must not look like the older change. */
    private long at(String key) {
        Optional<DigestTable.Row> row =
                read(known -> Optional.ofNullable(known.digests().rows().find(KeyTable.key(key))));
        long now = run.clock().instant().getEpochSecond();
        return row.map(before -> Math.max(now, before.moved())).orElse(now);
    }

    private <T> T read(Reading<T> reading) {
        try {
            return reading.from(snapshot);
        } catch (IOException e) {
            throw new LedgerException(
                    LedgerException.Kind.DAMAGED,
                    Message.of(
                            "the metadata of " + run.files().folder() + " cannot be read: "
                                    + Printable.shortened(String.valueOf(e.getMessage())),
                            "check the repository with git fsck"),
                    e);
        }
    }
}
