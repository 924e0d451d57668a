package io.github.gcrsync.git;

import io.github.gcrsync.ledger.LedgerException;
import io.github.gcrsync.text.Message;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheCheckout;
import org.eclipse.jgit.dircache.DirCacheCheckout.CheckoutMetadata;
import org.eclipse.jgit.dircache.DirCacheIterator;
import org.eclipse.jgit.errors.CheckoutConflictException;
import org.eclipse.jgit.errors.LockFailedException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.CoreConfig.EolStreamType;
import org.eclipse.jgit.lib.IndexDiff;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.ReflogEntry;
import org.eclipse.jgit.lib.ReflogReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.EmptyTreeIterator;
import org.eclipse.jgit.treewalk.FileTreeIterator;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.PathFilterGroup;
import org.jspecify.annotations.Nullable;

/** The checked-out files of a local metadata repository. They follow the branch; a person's changes are kept. */
final class WorkTree {
    /** The prefix of reflog messages of our updates. */
    static final String REFLOG = "gcrsync: ";

    private final Repository git;
    private final Path root;
    private final FlushedFiles files;

    WorkTree(Repository git) {
        this.git = git;
        this.root = git.getWorkTree().toPath();
        this.files = new FlushedFiles(git);
    }

    /** Whether this branch is checked out. */
    boolean shows(String branch) throws IOException {
        Ref head = git.exactRef(Constants.HEAD);
        return head != null && head.isSymbolic() && head.getTarget().getName().equals(Constants.R_HEADS + branch);
    }

    /** Fails if a person has uncommitted changes in one of these files. */
    void refuseUncommitted(Collection<String> paths) throws IOException {
        IndexDiff diff = new IndexDiff(git, Constants.HEAD, new FileTreeIterator(git));
        diff.setFilter(PathFilterGroup.createFromStrings(paths));
        diff.diff();
        Set<String> changed = new TreeSet<>();
        List.of(
                        diff.getAdded(),
                        diff.getChanged(),
                        diff.getRemoved(),
                        diff.getMissing(),
                        diff.getModified(),
                        diff.getUntracked(),
                        diff.getConflicting())
                .forEach(changed::addAll);
        changed.retainAll(paths);
        if (!changed.isEmpty()) {
            throw uncommitted(changed);
        }
    }

    /**
     * Prepares to move files and index from one commit to another: locks git's index, and fails if that would overwrite
     * a person's changes.
     */
    Step step(ObjectId from, ObjectId to) throws IOException {
        DirCache index = locked();
        try {
            DirCacheCheckout dry = new DirCacheCheckout(git, tree(from), git.readDirCache(), tree(to));
            dry.preScanTwoTrees();
            if (!dry.getConflicts().isEmpty()) {
                throw uncommitted(new TreeSet<>(dry.getConflicts()));
            }
            return new Step(index, from, to, dry.getUpdated());
        } catch (IOException | RuntimeException e) {
            index.unlock();
            throw e;
        }
    }

    /** The move from one commit to another. */
    final class Step implements AutoCloseable {
        private final DirCache index;
        private final ObjectId from;
        private final ObjectId to;
        private final Map<String, CheckoutMetadata> updated;

        private Step(DirCache index, ObjectId from, ObjectId to, Map<String, CheckoutMetadata> updated) {
            this.index = index;
            this.from = from;
            this.to = to;
            this.updated = updated;
        }

        /** Writes files first, then deletions and special files, the index last. */
        void take() throws IOException {
            files.write(updated, tree(to), index);
            DirCacheCheckout checkout = new DirCacheCheckout(git, tree(from), index, tree(to));
            checkout.setFailOnConflict(true);
            try {
                checkout.checkout();
            } catch (CheckoutConflictException e) {
                throw uncommitted(new TreeSet<>(checkout.getConflicts())); // An untracked file is in the way.
            }
        }

        @Override
        public void close() {
            index.unlock();
        }
    }

    private DirCache locked() throws IOException {
        Instant deadline = Instant.now().plus(MetadataBranch.PATIENCE_WITH_GIT);
        while (true) {
            try {
                return FlushedFiles.Index.locked(git);
            } catch (LockFailedException e) {
                if (Instant.now().isAfter(deadline)) {
                    throw new LedgerException(
                            LedgerException.Kind.LOCKED,
                            Message.of(
                                    "git holds the index of " + root,
                                    "if no git process uses it, delete the file " + git.getIndexFile()
                                            + ".lock and run again"),
                            e);
                }
                MetadataBranch.pause(1);
            }
        }
    }

    /** Completes a killed run that moved the branch but not the files; the reflog has the old commit. */
    void finishInterrupted(String branch) throws IOException {
        if (!shows(branch)) {
            return;
        }
        ReflogReader reflog = git.getRefDatabase().getReflogReader(Constants.R_HEADS + branch);
        List<ReflogEntry> last = reflog == null ? List.of() : reflog.getReverseEntries(1);
        if (last.isEmpty() || !last.getFirst().getComment().startsWith(REFLOG)) {
            return;
        }
        ObjectId from = last.getFirst().getOldId();
        ObjectId to = last.getFirst().getNewId();
        if (!to.equals(git.resolve(Constants.R_HEADS + branch))) {
            return;
        }
        revert(from, to);
        try (Step step = step(from, to)) {
            step.take();
        } catch (LedgerException e) {
            // A person has changed the files since; the next write to them reports it.
            return;
        }
    }

    /**
     * A run killed during the move has already written some files, which the index, written last, does not contain.
     * Reverts these files, so that the move can be repeated as a whole; git has their old content.
     */
    private void revert(ObjectId from, ObjectId to) throws IOException {
        try (TreeWalk walk = new TreeWalk(git)) {
            int before = add(walk, from);
            int after = add(walk, to);
            int index = walk.addTree(new DirCacheIterator(git.readDirCache()));
            int here = walk.addTree(new FileTreeIterator(git));
            walk.setRecursive(true);
            while (walk.next()) {
                ObjectId old = walk.getObjectId(before);
                ObjectId arrived = walk.getObjectId(after);
                boolean changes = !arrived.equals(old);
                if (changes) {
                    deleteTemporary(root.resolve(walk.getPathString()));
                }
                boolean isUnknown = changes && walk.getObjectId(index).equals(old);
                if (isUnknown
                        && !arrived.equals(ObjectId.zeroId())
                        && walk.getObjectId(here).equals(arrived)) {
                    restore(walk.getPathString(), old);
                }
            }
        }
    }

    private int add(TreeWalk walk, ObjectId commit) throws IOException {
        ObjectId tree = tree(commit);
        return tree == null ? walk.addTree(new EmptyTreeIterator()) : walk.addTree(tree);
    }

    /** Deletes temporary files of JGit and of our own writes. */
    private static void deleteTemporary(Path file) throws IOException {
        Path folder = file.resolveSibling(".");
        if (!Files.isDirectory(folder)) {
            return;
        }
        Files.deleteIfExists(folder.resolve(FlushedFiles.TEMPORARY));
        try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, "._" + file.getFileName() + "[0-9]*.tmp")) {
            for (Path each : left) {
                Files.delete(each);
            }
        }
    }

    private void restore(String path, ObjectId content) throws IOException {
        if (content.equals(ObjectId.zeroId())) {
            Files.delete(root.resolve(path));
        } else {
            files.write(path, content, new CheckoutMetadata(EolStreamType.DIRECT, null));
        }
    }

    private @Nullable ObjectId tree(ObjectId commit) throws IOException {
        if (commit.equals(ObjectId.zeroId())) {
            return null;
        }
        try (RevWalk walk = new RevWalk(git)) {
            return walk.parseCommit(commit).getTree();
        }
    }

    private LedgerException uncommitted(Set<String> paths) {
        return new LedgerException(
                LedgerException.Kind.CONFLICT,
                "uncommitted changes to " + String.join(", ", paths) + " in the metadata repository " + root,
                "commit or stash them (git stash), then run again");
    }
}
