package io.github.gcrsync.git;

import io.github.gcrsync.git.transport.Location;
import io.github.gcrsync.ledger.ImageDigests;
import io.github.gcrsync.ledger.Ledger;
import io.github.gcrsync.ledger.LedgerException;
import io.github.gcrsync.ledger.NamespaceFiles;
import io.github.gcrsync.ledger.Recorded;
import io.github.gcrsync.ledger.changelog.LogEntry;
import io.github.gcrsync.text.Message;
import io.github.gcrsync.text.Printable;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jgit.errors.AmbiguousObjectException;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.RevWalkException;
import org.eclipse.jgit.errors.RevisionSyntaxException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.jspecify.annotations.Nullable;

/**
 * The git repository that records the mirrors. Several runs, on one or many machines, may use it at the same time; none
 * loses what another recorded. All methods throw {@link LedgerException}.
 */
public final class MetadataRepository implements AutoCloseable {
    private static final Duration MIN_PATIENCE = Duration.ofSeconds(60);
    /** A push over a slow line takes many times the timeout of a silent connection. */
    private static final int TIMEOUTS_OF_PATIENCE = 6;

    private final MetadataSettings settings;
    private final Place place;
    private final ProcessLock lock;
    private final Clock clock;
    private final boolean readOnly;
    private final AtomicBoolean closed = new AtomicBoolean();
    /** By folder. */
    private final Map<String, RunEntry> entries = new ConcurrentHashMap<>();
    /** Changes only under the lock. */
    private volatile MetadataBranch branch;

    private MetadataRepository(MetadataSettings settings, Clock clock, Place place, ProcessLock lock, boolean readOnly)
            throws IOException {
        this.settings = settings;
        this.place = place;
        this.lock = lock;
        this.clock = clock;
        this.readOnly = readOnly;
        try (ProcessLock.Held held = lock.acquire()) {
            if (held.afterDeath().isPresent()) {
                place.recover(held.afterDeath().get());
            }
            this.branch = place.open(settings, clock);
            if (held.afterDeath().isPresent()) {
                branch.finishInterrupted();
            }
        }
    }

    /** Returns the location for display, without user and password of its URL. */
    public static String shown(String location) {
        return Location.shown(location);
    }

    /** Whether the location is a path on this machine, not a URL. */
    public static boolean isPath(String location) {
        return Location.parse(location, Optional.empty()) instanceof Location.Local && !location.contains("://");
    }

    /** Fetches, clones or creates the repository. */
    public static MetadataRepository open(MetadataSettings settings, Clock clock) {
        return open(settings, clock, patience(settings), false);
    }

    /**
     * Opens for reading only: treats a missing local repository as empty and does not create it, and ignores
     * uncommitted changes. The caller must not make checkpoints.
     */
    public static MetadataRepository openToRead(MetadataSettings settings, Clock clock) {
        return open(settings, clock, patience(settings), true);
    }

    static MetadataRepository open(MetadataSettings settings, Clock clock, Duration patience, boolean readOnly) {
        GitRuntime.install();
        try {
            Place place = readOnly ? Place.toRead(settings) : Place.of(settings);
            ProcessLock lock = new ProcessLock(place.lockFile(), patience);
            return new MetadataRepository(settings, clock, place, lock, readOnly);
        } catch (IOException e) {
            throw unreadable(settings, e);
        }
    }

    private static Duration patience(MetadataSettings settings) {
        // Duration.multipliedBy would load BigDecimal, which computes huge powers first: 9 ms.
        Duration patience = Duration.ofMillis(settings.timeout().toMillis() * TIMEOUTS_OF_PATIENCE);
        return patience.compareTo(MIN_PATIENCE) < 0 ? MIN_PATIENCE : patience;
    }

    /**
     * Returns the ledger of one mirror at one destination; each run uses its own.
     *
     * @param folder of the mirror's files: its namespace, or the name that the user chose
     * @param source {@code HOST[/PATH]} or {@code oci:DIR}
     * @param destination digests recorded for another destination are not trusted
     * @param destinationName for the file with its digests, if the mirror has another destination already
     * @param isFirst of the mirror's destinations: the changelog shows what moves there
     * @param contentRule a hash of the settings that change the content of images; empty for the defaults
     */
    public Ledger namespace(
            String folder,
            String source,
            String destination,
            String destinationName,
            boolean isFirst,
            String contentRule) {
        RunIdentity run = identity(folder, source, destination, destinationName, isFirst, contentRule);
        RunEntry entry = entries.computeIfAbsent(folder, _ -> new RunEntry());
        return holding(b -> {
            Snapshot snapshot = Snapshot.at(b.view(), run, b.git());
            snapshot.digests();
            snapshot.seen();
            snapshot.checkReadme();
            if (!readOnly) {
                b.refuseUncommitted(snapshot.paths());
            }
            return new GitLedger(this, run, entry, snapshot);
        });
    }

    private RunIdentity identity(
            String folder,
            String source,
            String destination,
            String destinationName,
            boolean isFirst,
            String contentRule) {
        return new RunIdentity(
                new NamespaceFiles(folder),
                Printable.of(source),
                Printable.of(destination),
                destinationName,
                isFirst,
                contentRule,
                branch.author(),
                clock);
    }

    /** Returns the latest commit; empty for a repository without commits. */
    public Optional<String> head() {
        return holding(b -> Optional.of(b.view())
                .filter(commit -> !commit.equals(ObjectId.zeroId()))
                .map(ObjectId::name));
    }

    /**
     * What a mirror had recorded for a destination in an earlier commit.
     *
     * @param commit its full name
     */
    public record Earlier(String commit, List<Recorded> images) {}

    /**
     * Reads the ledger of {@link #namespace} in an earlier commit.
     *
     * @param revision names the commit, as in git
     * @return empty if there is no such commit
     */
    public Optional<Earlier> at(
            String revision, String folder, String source, String destination, String destinationName) {
        RunIdentity run = identity(folder, source, destination, destinationName, true, "");
        return holding(b -> {
            ObjectId commit = commit(b.git(), revision);
            if (commit == null) {
                return Optional.empty();
            }
            ImageDigests digests = Snapshot.at(commit, run, b.git()).digests();
            List<Recorded> images = digests.isFor(run.destination(), Optional.of(run.source()))
                    ? digests.recorded().toList()
                    : List.of();
            return Optional.of(new Earlier(commit.name(), images));
        });
    }

    private static @Nullable ObjectId commit(Repository git, String revision) throws IOException {
        try {
            return git.resolve(revision + "^{commit}");
        } catch (RevisionSyntaxException | AmbiguousObjectException | IncorrectObjectTypeException e) {
            return null;
        }
    }

    /** Returns the events of a mirror's images, newest first, from the history of its files. */
    public List<LogEntry> log(String folder, Optional<String> image) {
        NamespaceFiles files = new NamespaceFiles(folder);
        return holding(b -> new ImageLog(b.git(), files, image).read(b.view()));
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            branch.git().close();
        }
    }

    MetadataBranch.Outcome publish(Checkpoint checkpoint) {
        if (readOnly) {
            throw new IllegalStateException("the metadata repository is open for reading only");
        }
        return holding(b -> b.publish(checkpoint));
    }

    interface Work<T> {
        T on(MetadataBranch branch) throws IOException;
    }

    /** Works under the lock; replaces a broken cached clone and retries once. */
    private <T> T holding(Work<T> work) {
        try (ProcessLock.Held held = lock.acquire()) {
            recover(held);
            try {
                return work.on(branch);
            } catch (IOException | RevWalkException broken) {
                if (!GitFiles.isCorrupt(broken)) {
                    throw broken;
                }
                branch.git().close();
                if (!place.discard()) {
                    throw broken;
                }
                branch = place.open(settings, clock);
                return work.on(branch);
            }
        } catch (IOException | RevWalkException e) {
            throw unreadable(settings, e);
        }
    }

    private void recover(ProcessLock.Held held) throws IOException {
        if (held.afterDeath().isPresent()) {
            place.recover(held.afterDeath().get());
            branch.finishInterrupted();
        }
    }

    private static LedgerException unreadable(MetadataSettings settings, Exception e) {
        String where = Location.shown(settings.location());
        return new LedgerException(
                LedgerException.Kind.DAMAGED,
                Message.of(
                        "the metadata repository " + where + " cannot be read or written: "
                                + Printable.shortened(String.valueOf(e.getMessage())),
                        "check the disk, the permissions and, with git fsck, the repository"),
                e);
    }
}
