package io.github.gcrsync.git;

import io.github.gcrsync.ledger.DigestTable;
import io.github.gcrsync.ledger.ImageDigests;
import io.github.gcrsync.ledger.ImageKey;
import io.github.gcrsync.ledger.KeyTable;
import io.github.gcrsync.ledger.MalformedException;
import io.github.gcrsync.ledger.NamespaceFiles;
import io.github.gcrsync.ledger.changelog.Changelog;
import io.github.gcrsync.ledger.changelog.LogEntry;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevSort;
import org.eclipse.jgit.revwalk.RevWalk;
import org.jspecify.annotations.Nullable;

/**
 * Reads the history of images from git: compares each commit's files with those of its parent. Merge commits add
 * nothing of their own. For commits without digests it uses ImageList.
 */
final class ImageLog {
    private final Repository git;
    private final Blobs blobs;
    private final NamespaceFiles files;
    private final Optional<String> image;
    private final List<LogEntry> entries = new ArrayList<>();
    private final Map<@Nullable ObjectId, KeyTable> lists = lastTwo();
    private final Map<@Nullable ObjectId, ImageDigests> digests = lastTwo();

    /** @param image {@code name:tag} or {@code name@digest}, or a name for all its images */
    ImageLog(Repository git, NamespaceFiles files, Optional<String> image) {
        this.git = git;
        this.blobs = new Blobs(git);
        this.files = files;
        this.image = image;
    }

    List<LogEntry> read(ObjectId tip) throws IOException {
        if (tip.equals(ObjectId.zeroId())) {
            return List.of();
        }
        try (RevWalk walk = new RevWalk(git)) {
            walk.markStart(walk.parseCommit(tip));
            walk.sort(RevSort.TOPO);
            walk.sort(RevSort.COMMIT_TIME_DESC, true);
            for (RevCommit commit : walk) {
                if (commit.getParentCount() < 2) {
                    compare(commit.getParentCount() == 0 ? ObjectId.zeroId() : commit.getParent(0), commit);
                }
            }
        }
        entries.sort(Comparator.comparing(LogEntry::at).reversed());
        return List.copyOf(entries);
    }

    private void compare(ObjectId parent, RevCommit commit) throws IOException {
        Set<String> paths = new TreeSet<>(blobs.imageDigests(parent, files));
        paths.addAll(blobs.imageDigests(commit, files));
        Difference difference = new Difference(commit);
        Set<ObjectId> digestsAfter = new HashSet<>();
        for (String path : paths) {
            ObjectId before = blobs.find(parent, path);
            ObjectId after = blobs.find(commit, path);
            if (after != null) {
                digestsAfter.add(after);
            }
            if (!Objects.equals(before, after)) {
                readable(() -> {
                    ImageDigests now = digests(after);
                    Set<String> copied = now.source().isPresent() ? Set.of() : copied(parent, commit);
                    difference.digests(digests(before), now, list(blobs.find(parent, files.imageList())), copied);
                });
            }
        }
        ObjectId before = blobs.find(parent, files.imageList());
        ObjectId after = blobs.find(commit, files.imageList());
        if (!Objects.equals(before, after)) {
            readable(() -> {
                List<DigestTable> rows = new ArrayList<>();
                for (ObjectId file : digestsAfter) {
                    rows.add(digests(file).rows());
                }
                difference.list(list(before), list(after), rows);
            });
        }
    }

    @FunctionalInterface
    private interface Reading {
        void run() throws IOException, MalformedException;
    }

    /** A damaged version is skipped; the next good one shows its changes. */
    private static void readable(Reading reading) throws IOException {
        try {
            reading.run();
        } catch (MalformedException e) {
            return;
        }
    }

    /**
     * Returns the images that the commit's run copied, for rows of format 1: an image only found at the destination has
     * no line in the changelog.
     */
    private Set<String> copied(ObjectId parent, RevCommit commit) throws IOException {
        ObjectId after = blobs.find(commit, files.readme());
        if (after == null || after.equals(blobs.find(parent, files.readme()))) {
            return Set.of();
        }
        try (InputStream in = blobs.content(after).open()) {
            return Changelog.newest(in, files.folder());
        }
    }

    private KeyTable list(@Nullable ObjectId id) throws IOException, MalformedException {
        KeyTable known = lists.get(id);
        if (known == null) {
            known = blobs.list(id);
            lists.put(id, known);
        }
        return known;
    }

    private ImageDigests digests(@Nullable ObjectId id) throws IOException, MalformedException {
        ImageDigests known = digests.get(id);
        if (known == null) {
            known = blobs.digests(id);
            digests.put(id, known);
        }
        return known;
    }

    /** A commit's files are compared twice, as the new and as the old version, so the last two are kept. */
    private static <T> Map<@Nullable ObjectId, T> lastTwo() {
        return new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<@Nullable ObjectId, T> eldest) {
                return size() > 2;
            }
        };
    }

    private final class Difference {
        private final String commit;
        private final Instant committed;
        private final LogEntry.Event removal;

        Difference(RevCommit commit) {
            this.commit = commit.name();
            this.committed = Instant.ofEpochSecond(commit.getCommitTime());
            this.removal = Checkpoint.isOfPrune(commit) ? LogEntry.Event.PRUNED : LogEntry.Event.FORGOTTEN;
        }

        void digests(ImageDigests before, ImageDigests after, KeyTable listed, Set<String> copied) {
            // a new destination starts over, which does not mean that anything was forgotten
            DigestTable old = before.isFor(after.destination(), after.source()) ? before.rows() : DigestTable.EMPTY;
            DigestTable rows = after.rows();
            int i = 0;
            int j = 0;
            while (i < old.size() || j < rows.size()) {
                int order =
                        i == old.size() ? 1 : j == rows.size() ? -1 : old.keys().compare(i, rows.keys(), j);
                if (order < 0) {
                    add(after.destination(), old.keys().text(i), committed, removal, old.row(i), null);
                    i++;
                } else if (order > 0) {
                    String key = rows.keys().text(j);
                    boolean adopted = (key.indexOf('@') >= 0 || listed.indexOf(KeyTable.key(key)) >= 0)
                            && !copied.contains(key)
                            && !rows.attributes(j).isCopied();
                    LogEntry.Event event = adopted ? LogEntry.Event.ADOPTED : LogEntry.Event.MIRRORED;
                    add(after.destination(), key, Instant.ofEpochSecond(rows.moved(j)), event, null, rows.row(j));
                    j++;
                } else {
                    if (!old.sameDigest(i, rows, j)) {
                        Instant moved = Instant.ofEpochSecond(rows.moved(j));
                        add(
                                after.destination(),
                                old.keys().text(i),
                                moved,
                                LogEntry.Event.MOVED,
                                old.row(i),
                                rows.row(j));
                    }
                    i++;
                    j++;
                }
            }
        }

        /** Adds images listed without a digest, as the original recorded them. */
        void list(KeyTable before, KeyTable after, List<DigestTable> digests) {
            for (int i = 0; i < after.size(); i++) {
                byte[] key = after.copy(i);
                if (before.indexOf(key) < 0
                        && digests.stream().allMatch(rows -> rows.keys().indexOf(key) < 0)) {
                    add("", after.text(i), committed, LogEntry.Event.MIRRORED, null, null);
                }
            }
        }

        private void add(
                String destination,
                String key,
                Instant at,
                LogEntry.Event event,
                DigestTable.@Nullable Row from,
                DigestTable.@Nullable Row to) {
            ImageKey.parse(key)
                    .filter(named -> image.isEmpty()
                            || key.equals(image.get())
                            || named.name().value().equals(image.get()))
                    .ifPresent(named -> entries.add(new LogEntry(
                            at,
                            event,
                            named,
                            destination,
                            Optional.ofNullable(from).map(DigestTable.Row::digest),
                            Optional.ofNullable(to).map(DigestTable.Row::digest),
                            commit)));
        }
    }
}
