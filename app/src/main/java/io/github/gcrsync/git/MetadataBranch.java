package io.github.gcrsync.git;

import io.github.gcrsync.ledger.LedgerException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.revwalk.filter.RevFilter;

/**
 * One branch of a repository on this machine, and its remote, if any. The branch only moves forward: commits of others
 * are merged, never overwritten. Callers hold the repository's {@link ProcessLock}.
 */
final class MetadataBranch {
    private static final int MAX_ATTEMPTS = 12;
    private static final String KEPT = "the commit is kept on this machine and pushed by the next run";
    static final Duration PATIENCE_WITH_GIT = Duration.ofSeconds(3);

    private final Repository git;
    private final String branch;
    private final Optional<Remote> remote;
    private final Optional<WorkTree> workTree;
    private final Author author;
    private final Clock clock;

    /** Whether unrelated histories may be merged: both started from an empty remote. */
    private boolean remoteWasEmpty;

    /** @param workTree empty for a cache, which only mirrors its remote */
    MetadataBranch(
            Repository git,
            String branch,
            Optional<Remote> remote,
            Optional<WorkTree> workTree,
            Author author,
            Clock clock) {
        this.git = git;
        this.branch = branch;
        this.remote = remote;
        this.workTree = workTree;
        this.author = author;
        this.clock = clock;
    }

    /** The result of a checkpoint. */
    record Outcome(ObjectId commit, boolean changed, boolean pushed) {}

    Author author() {
        return author;
    }

    /** Updates the files to the branch after a killed run. */
    void finishInterrupted() throws IOException {
        if (workTree.isPresent()) {
            workTree.get().finishInterrupted(branch);
        }
    }

    Repository git() {
        return git;
    }

    /** Returns the combined state of this machine and the remote, as a commit that need not be the branch's tip yet. */
    ObjectId view() throws IOException {
        return reconciled(tip(), remoteTip());
    }

    /** Fetches. A cache without its own commits follows the remote, even to an unrelated history. */
    void refresh() throws IOException {
        if (remote.isEmpty()) {
            return;
        }
        Remote.Fetched fetched = remote.get().fetch(git, Optional.of(branch), branch);
        follow(fetched.known(), fetched.tip());
    }

    /** Records that the remote of a working copy has no branch yet. */
    void remoteIsEmpty() {
        remoteWasEmpty = true;
    }

    /** Applies the result of a fetch. */
    void follow(ObjectId known, ObjectId found) throws IOException {
        boolean isNew = known.equals(ObjectId.zeroId());
        remoteWasEmpty = workTree.isPresent() ? remoteWasEmpty : isNew;
        if (found.equals(ObjectId.zeroId()) && !isNew) {
            delete(Remote.tracking(branch));
        }
        ObjectId local = tip();
        boolean nothingOfItsOwn = workTree.isEmpty()
                && !local.equals(found)
                && !local.equals(ObjectId.zeroId())
                && !known.equals(ObjectId.zeroId())
                && isAncestor(local, known);
        if (nothingOfItsOwn && found.equals(ObjectId.zeroId())) {
            delete(Constants.R_HEADS + branch);
        } else if (nothingOfItsOwn) {
            move(local, found, true);
        }
    }

    Outcome publish(Checkpoint checkpoint) throws IOException {
        Instant deadline = Instant.now().plus(PATIENCE_WITH_GIT);
        while (true) {
            ObjectId local = tip();
            ObjectId view = reconciled(local, remoteTip());
            ObjectId mine = contributed(checkpoint, view);
            if (mine.equals(local) || advance(local, mine)) {
                checkpoint.committed();
                return pushed(mine, !mine.equals(view));
            }
            if (Instant.now().isAfter(deadline)) {
                throw new LedgerException(
                        LedgerException.Kind.LOCKED,
                        "git holds the branch " + branch + " of " + git.getDirectory(),
                        "if no git process uses it, delete the file "
                                + git.getCommonDirectory().toPath().resolve(Constants.R_HEADS + branch + ".lock")
                                + " and run again");
            }
            pause(1);
        }
    }

    void refuseUncommitted(List<String> paths) throws IOException {
        if (workTree.isPresent() && workTree.get().shows(branch)) {
            workTree.get().refuseUncommitted(paths);
        }
    }

    private ObjectId contributed(Checkpoint checkpoint, ObjectId view) throws IOException {
        try (ObjectInserter inserter = git.newObjectInserter()) {
            ObjectId mine = checkpoint.on(git, view, inserter);
            inserter.flush();
            if (!mine.equals(view)) {
                refuseUncommitted(checkpoint.paths());
            }
            return mine;
        }
    }

    private Outcome pushed(ObjectId committed, boolean changed) throws IOException {
        ObjectId mine = committed;
        if (remote.isEmpty() || mine.equals(ObjectId.zeroId()) || mine.equals(remoteTip())) {
            return new Outcome(mine, changed, false);
        }
        String reason = "";
        for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
            switch (remote.get().push(git, mine, branch, remoteTip())) {
                case Remote.PushOutcome.Done() -> {
                    return new Outcome(mine, changed, true);
                }
                case Remote.PushOutcome.Forbidden(String why) ->
                    throw new LedgerException(
                            LedgerException.Kind.REFUSED,
                            "the metadata repository " + remote.get() + " refused the push to " + branch + ": " + why,
                            KEPT);
                case Remote.PushOutcome.Behind(String why) -> reason = why;
            }
            pause(attempt);
            refresh();
            ObjectId merged = reconciled(mine, remoteTip());
            if (!merged.equals(mine) && !advance(mine, merged)) {
                // a person's git moved the branch meanwhile
                merged = reconciled(tip(), remoteTip());
                if (!advance(tip(), merged)) {
                    continue;
                }
            }
            mine = merged;
        }
        throw new LedgerException(
                LedgerException.Kind.CONFLICT,
                "cannot push to the metadata repository " + remote.get() + " after " + MAX_ATTEMPTS + " attempts: "
                        + reason,
                KEPT);
    }

    /** Fast-forwards the branch and the files; false if the branch is no longer at {@code from}. */
    private boolean advance(ObjectId from, ObjectId to) throws IOException {
        if (workTree.isEmpty() || !workTree.get().shows(branch)) {
            return move(from, to, false);
        }
        try (WorkTree.Step step = workTree.get().step(from, to)) {
            if (!move(from, to, false)) {
                return false;
            }
            step.take();
            return true;
        }
    }

    private boolean move(ObjectId from, ObjectId to, boolean anywhere) throws IOException {
        boolean shown = workTree.isPresent() && workTree.get().shows(branch);
        RefUpdate update = git.updateRef(shown ? Constants.HEAD : Constants.R_HEADS + branch);
        update.setExpectedOldObjectId(from);
        update.setNewObjectId(to);
        update.setForceUpdate(anywhere);
        update.setRefLogIdent(author.person(clock.instant()));
        update.setRefLogMessage(WorkTree.REFLOG + "Auto sync", false);
        RefUpdate.Result result = update.update();
        return switch (result) {
            case NEW, FAST_FORWARD, FORCED, NO_CHANGE -> true;
            case LOCK_FAILURE -> false;
            default -> throw new IOException("cannot move the branch " + branch + ": " + result);
        };
    }

    private void delete(String ref) throws IOException {
        RefUpdate update = git.updateRef(ref);
        update.setForceUpdate(true);
        update.delete();
    }

    private ObjectId reconciled(ObjectId ours, ObjectId theirs) throws IOException {
        if (theirs.equals(ObjectId.zeroId()) || ours.equals(theirs)) {
            return ours;
        }
        if (ours.equals(ObjectId.zeroId()) || isAncestor(ours, theirs)) {
            return theirs;
        }
        return isAncestor(theirs, ours) ? ours : merged(ours, theirs);
    }

    private ObjectId merged(ObjectId ours, ObjectId theirs) throws IOException {
        try (ObjectInserter inserter = git.newObjectInserter()) {
            SemanticMerge merge = new SemanticMerge(git, inserter, mergeBase(ours, theirs), ours, theirs);
            CommitBuilder commit = author.commit(
                    merge.tree(), clock.instant(), "sync", "\n\nMerges what another run recorded in the meantime.\n");
            commit.setParentIds(ours, theirs);
            ObjectId merged = inserter.insert(commit);
            inserter.flush();
            return merged;
        }
    }

    private ObjectId mergeBase(ObjectId ours, ObjectId theirs) throws IOException {
        try (RevWalk walk = new RevWalk(git)) {
            walk.setRevFilter(RevFilter.MERGE_BASE);
            walk.markStart(walk.parseCommit(ours));
            walk.markStart(walk.parseCommit(theirs));
            RevCommit base = walk.next();
            if (base != null) {
                return base.copy();
            }
        }
        if (remoteWasEmpty) {
            // two first runs met on a new repository: both started empty
            return ObjectId.zeroId();
        }
        throw new LedgerException(
                LedgerException.Kind.CONFLICT,
                "the branch " + branch + " of " + git.getDirectory() + " and that of "
                        + remote.map(Remote::toString).orElse("its remote") + " have no commit in common",
                "use the right repository, or merge them by hand with git");
    }

    private boolean isAncestor(ObjectId earlier, ObjectId later) throws IOException {
        try (RevWalk walk = new RevWalk(git)) {
            return walk.isMergedInto(walk.parseCommit(earlier), walk.parseCommit(later));
        }
    }

    private ObjectId tip() throws IOException {
        return at(Constants.R_HEADS + branch);
    }

    private ObjectId remoteTip() throws IOException {
        return remote.isEmpty() ? ObjectId.zeroId() : at(Remote.tracking(branch));
    }

    private ObjectId at(String ref) throws IOException {
        ObjectId id = git.resolve(ref);
        return id == null ? ObjectId.zeroId() : id;
    }

    static void pause(int attempt) {
        try {
            TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextInt(20, 60 * attempt + 21));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LedgerException(
                    LedgerException.Kind.LOCKED, "interrupted while waiting for the metadata repository", e);
        }
    }
}
