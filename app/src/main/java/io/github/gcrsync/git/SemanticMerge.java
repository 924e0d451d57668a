package io.github.gcrsync.git;

import io.github.gcrsync.ledger.DigestMerge;
import io.github.gcrsync.ledger.FileContent;
import io.github.gcrsync.ledger.ImageList;
import io.github.gcrsync.ledger.KeyTable;
import io.github.gcrsync.ledger.LedgerException;
import io.github.gcrsync.ledger.MalformedException;
import io.github.gcrsync.ledger.NamespaceFiles;
import io.github.gcrsync.ledger.Seen;
import io.github.gcrsync.ledger.changelog.Changelog;
import io.github.gcrsync.ledger.changelog.ChangelogMerge;
import java.io.IOException;
import java.util.Objects;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheBuilder;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.EmptyTreeIterator;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.jspecify.annotations.Nullable;

/**
 * Merges two histories of a metadata repository: the ledger's files by content, all others only if one side left them
 * unchanged.
 */
final class SemanticMerge {
    private static final int BASE = 0;
    private static final int OURS = 1;
    private static final int THEIRS = 2;

    private final Repository git;
    private final Blobs blobs;
    private final ObjectInserter inserter;
    private final ObjectId baseCommit;
    private final ObjectId ourCommit;
    private final ObjectId theirCommit;

    /** @param base {@link ObjectId#zeroId} if both started empty */
    SemanticMerge(Repository git, ObjectInserter inserter, ObjectId base, ObjectId ours, ObjectId theirs) {
        this.git = git;
        this.blobs = new Blobs(git);
        this.inserter = inserter;
        this.baseCommit = base;
        this.ourCommit = ours;
        this.theirCommit = theirs;
    }

    ObjectId tree() throws IOException {
        DirCache merged = DirCache.newInCore();
        DirCacheBuilder entries = merged.builder();
        try (RevWalk commits = new RevWalk(git);
                TreeWalk walk = new TreeWalk(git)) {
            walk.setRecursive(true);
            if (baseCommit.equals(ObjectId.zeroId())) {
                walk.addTree(new EmptyTreeIterator());
            } else {
                walk.addTree(commits.parseCommit(baseCommit).getTree());
            }
            walk.addTree(commits.parseCommit(ourCommit).getTree());
            walk.addTree(commits.parseCommit(theirCommit).getTree());
            while (walk.next()) {
                DirCacheEntry entry = merged(walk);
                if (entry != null) {
                    entries.add(entry);
                }
            }
        }
        entries.finish();
        return merged.writeTree(inserter);
    }

    private @Nullable DirCacheEntry merged(TreeWalk walk) throws IOException {
        if (same(walk, OURS, THEIRS) || same(walk, BASE, THEIRS)) {
            return entry(walk, OURS);
        }
        if (same(walk, BASE, OURS)) {
            return entry(walk, THEIRS);
        }
        String path = walk.getPathString();
        String name = walk.getNameString();
        if (!isLedgers(path, name) || !isFileOrAbsent(walk, OURS) || !isFileOrAbsent(walk, THEIRS)) {
            throw new LedgerException(
                    LedgerException.Kind.CONFLICT,
                    "both this machine and the remote changed " + path + " in the metadata repository",
                    "merge it by hand with git, then run again");
        }
        DirCacheEntry entry = new DirCacheEntry(path);
        entry.setFileMode(FileMode.REGULAR_FILE);
        entry.setObjectId(
                blobs.insert(inserter, content(name, path, id(walk, BASE), id(walk, OURS), id(walk, THEIRS))));
        return entry;
    }

    private FileContent content(
            String name, String path, @Nullable ObjectId base, @Nullable ObjectId ours, @Nullable ObjectId theirs)
            throws IOException {
        try {
            if (name.equals(NamespaceFiles.IMAGE_LIST)) {
                return ImageList.content(KeyTable.union(blobs.list(ours), blobs.list(theirs)));
            }
            if (NamespaceFiles.isImageDigests(name)) {
                return DigestMerge.merge(blobs.digests(base), blobs.digests(ours), blobs.digests(theirs))
                        .content();
            }
            if (name.equals(NamespaceFiles.SEEN)) {
                return Seen.merge(blobs.seen(base), blobs.seen(ours), blobs.seen(theirs))
                        .content();
            }
            return FileContent.of(
                    Changelog.encoded(ChangelogMerge.merge(changelog(base), changelog(ours), changelog(theirs))));
        } catch (MalformedException e) {
            throw new History(git).refusal(theirCommit, path, e);
        }
    }

    private String changelog(@Nullable ObjectId id) throws IOException {
        return Changelog.decoded(blobs.bytes(id));
    }

    /** A README.md belongs to the ledger if another of its files is next to it. */
    private boolean isLedgers(String path, String name) throws IOException {
        if (path.length() == name.length()) {
            return false;
        }
        String folder = path.substring(0, path.length() - name.length());
        return name.equals(NamespaceFiles.IMAGE_LIST)
                || name.equals(NamespaceFiles.SEEN)
                || NamespaceFiles.isImageDigests(name)
                || (name.equals(NamespaceFiles.README)
                        && hasLedger(ourCommit, folder)
                        && hasLedger(theirCommit, folder));
    }

    private boolean hasLedger(ObjectId commit, String folder) throws IOException {
        return blobs.find(commit, folder + NamespaceFiles.IMAGE_LIST) != null
                || blobs.find(commit, folder + NamespaceFiles.IMAGE_DIGESTS) != null;
    }

    private static boolean same(TreeWalk walk, int a, int b) {
        return walk.getRawMode(a) == walk.getRawMode(b) && walk.idEqual(a, b);
    }

    private static boolean isFileOrAbsent(TreeWalk walk, int side) {
        FileMode mode = walk.getFileMode(side);
        return mode.equals(FileMode.MISSING)
                || mode.equals(FileMode.REGULAR_FILE)
                || mode.equals(FileMode.EXECUTABLE_FILE);
    }

    private static @Nullable ObjectId id(TreeWalk walk, int side) {
        ObjectId id = walk.getObjectId(side);
        return Objects.equals(id, ObjectId.zeroId()) ? null : id;
    }

    private static @Nullable DirCacheEntry entry(TreeWalk walk, int side) {
        if (walk.getRawMode(side) == 0) {
            return null;
        }
        DirCacheEntry entry = new DirCacheEntry(walk.getRawPath());
        entry.setFileMode(walk.getFileMode(side));
        entry.setObjectId(walk.getObjectId(side));
        return entry;
    }
}
