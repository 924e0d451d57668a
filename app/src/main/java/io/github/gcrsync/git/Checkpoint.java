package io.github.gcrsync.git;

import io.github.gcrsync.ledger.Change;
import io.github.gcrsync.ledger.Draft;
import io.github.gcrsync.ledger.FileContent;
import io.github.gcrsync.ledger.ImageList;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.jspecify.annotations.Nullable;

/** One commit of a run: applies the run's changes to the branch's tip, including what others have committed. */
final class Checkpoint {
    private static final String PRUNE = "prune";

    private final GitLedger ledger;
    private final RunIdentity run;
    private final RunEntry entry;
    private final List<Change> changes;
    private final Instant now;
    private @Nullable Made made;

    Checkpoint(GitLedger ledger, RunIdentity run, RunEntry entry) {
        this.ledger = ledger;
        this.run = run;
        this.entry = entry;
        this.changes = ledger.changes();
        this.now = run.clock().instant();
    }

    /** The files after the checkpoint. */
    record Files(FileContent imageList, FileContent readme, FileContent imageDigests) {}

    private record Made(ObjectId commit, Snapshot on, Draft draft) {}

    /** Creates the commit on this tip; returns the tip itself if nothing changes. Called again if the tip moves. */
    ObjectId on(Repository git, ObjectId tip, ObjectInserter inserter) throws IOException {
        made = ledger.at(git, tip, snapshot -> {
            Draft draft = ledger.draft(snapshot, changes);
            ObjectId commit = draft.isEmpty() ? tip : commit(snapshot, draft, inserter);
            return new Made(commit, snapshot, draft);
        });
        return made.commit();
    }

    /** Called once the branch contains the commit; the push that follows can still fail. */
    void committed() throws IOException {
        Made done = made();
        Snapshot after = done.on().movedTo(done.commit(), done.on().git());
        if (!done.draft().isEmpty()) {
            after.known(
                    done.draft().changesList() ? done.draft().list() : null,
                    done.draft().changesDigests() ? done.draft().digests() : null,
                    done.draft().changesSeen() ? done.draft().seen() : null);
            entry.committed(done.draft().lines(), time(), after.readmeId(), after.git());
        }
        ledger.committed(changes, done.on(), after);
    }

    /** Returns the paths of the files that it writes. */
    List<String> paths() {
        return made().on().paths();
    }

    int images() {
        return made().draft().images();
    }

    Files files(Snapshot snapshot, Draft draft) throws IOException {
        Blobs blobs = new Blobs(snapshot.git());
        return new Files(
                draft.changesList() ? ImageList.content(draft.list()) : blobs.content(snapshot.listId()),
                draft.lines().isEmpty() ? blobs.content(snapshot.readmeId()) : readme(snapshot, draft),
                draft.changesDigests() ? draft.digests().content() : blobs.content(snapshot.digestsId()));
    }

    private ObjectId commit(Snapshot snapshot, Draft draft, ObjectInserter inserter) throws IOException {
        Repository git = snapshot.git();
        Files files = files(snapshot, draft);
        Map<String, FileContent> changed = new HashMap<>();
        if (draft.changesList()) {
            changed.put(run.files().imageList(), files.imageList());
        }
        if (!draft.lines().isEmpty()) {
            changed.put(run.files().readme(), files.readme());
        }
        if (draft.changesDigests()) {
            changed.put(snapshot.digestsPath(), files.imageDigests());
        }
        if (draft.changesSeen()) {
            changed.put(run.files().seen(), draft.seen().content());
        }
        CommitBuilder commit =
                run.author().commit(TreeEdit.write(git, snapshot.commit(), changed, inserter), now, act(), "");
        if (!snapshot.commit().equals(ObjectId.zeroId())) {
            commit.setParentId(snapshot.commit());
        }
        return inserter.insert(commit);
    }

    private String act() {
        return changes.stream().anyMatch(Change.Pruned.class::isInstance) ? PRUNE : "sync";
    }

    /** Whether images whose lines the commit removes were deleted at the destination. */
    static boolean isOfPrune(RevCommit commit) {
        return commit.getShortMessage().startsWith("Auto " + PRUNE + " at ");
    }

    private FileContent readme(Snapshot snapshot, Draft draft) throws IOException {
        return entry.readme(snapshot.git(), snapshot.readmeId(), draft.lines(), time());
    }

    private String time() {
        return run.author().time(now);
    }

    private Made made() {
        if (made == null) {
            throw new IllegalStateException("no commit has been made yet");
        }
        return made;
    }
}
