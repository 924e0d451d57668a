package gcrsync.ledger;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheCheckout;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.IndexDiff;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.ReflogEntry;
import org.eclipse.jgit.lib.ReflogReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.FileTreeIterator;
import org.eclipse.jgit.treewalk.filter.PathFilterGroup;
import org.jspecify.annotations.Nullable;

/** The files a person sees in a local metadata repository: they follow the branch, and a person's changes are kept. */
final class WorkTree {
    /** Begins the reflog's message of every move that is ours. */
    static final String REFLOG = "gcrsync: ";

    private final Repository git;
    private final Path root;

    WorkTree(Repository git) {
        this.git = git;
        this.root = git.getWorkTree().toPath();
    }

    /** Whether the files are those of this branch. */
    boolean shows(String branch) throws IOException {
        Ref head = git.exactRef(Constants.HEAD);
        return head != null && head.isSymbolic() && head.getTarget().getName().equals(Constants.R_HEADS + branch);
    }

    /** Refuses to go on if a person has changed one of these files and not committed it. */
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

    /** Refuses a move of the branch that would overwrite what a person has changed. */
    void refuseOverwriting(ObjectId from, ObjectId to) throws IOException {
        DirCacheCheckout dry = new DirCacheCheckout(git, tree(from), git.readDirCache(), tree(to));
        dry.preScanTwoTrees();
        if (!dry.getConflicts().isEmpty()) {
            throw uncommitted(new TreeSet<>(dry.getConflicts()));
        }
    }

    /** Brings files and index from one commit to the next. */
    void follow(ObjectId from, ObjectId to) throws IOException {
        DirCache index = git.lockDirCache();
        DirCacheCheckout checkout = new DirCacheCheckout(git, tree(from), index, tree(to));
        checkout.setFailOnConflict(true);
        try {
            checkout.checkout();
        } finally {
            index.unlock();
        }
        for (String path : checkout.getUpdated().keySet()) {
            force(root.resolve(path));
        }
    }

    /** A run that died after it moved the branch left the files behind: the reflog tells from where. */
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
        DirCacheCheckout dry = new DirCacheCheckout(git, tree(from), git.readDirCache(), tree(to));
        dry.preScanTwoTrees();
        if (dry.getConflicts().isEmpty() && to.equals(git.resolve(Constants.R_HEADS + branch))) {
            follow(from, to);
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

    private static void force(Path file) throws IOException {
        if (Files.isRegularFile(file)) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
        }
    }

    private LedgerException uncommitted(Set<String> paths) {
        return new LedgerException(
                LedgerException.Kind.CONFLICT,
                "uncommitted changes to " + String.join(", ", paths) + " in the metadata repository " + root
                        + "; commit them or put them aside (git stash), then run again");
    }
}
