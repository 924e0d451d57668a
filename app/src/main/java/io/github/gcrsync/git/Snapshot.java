package io.github.gcrsync.git;

import io.github.gcrsync.ledger.Change;
import io.github.gcrsync.ledger.DigestTable;
import io.github.gcrsync.ledger.Draft;
import io.github.gcrsync.ledger.FileContent;
import io.github.gcrsync.ledger.ImageDigests;
import io.github.gcrsync.ledger.KeyTable;
import io.github.gcrsync.ledger.MalformedException;
import io.github.gcrsync.ledger.NamespaceFiles;
import io.github.gcrsync.ledger.OtherLedger;
import io.github.gcrsync.ledger.Seen;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.jspecify.annotations.Nullable;

/** The files of a mirror for one destination in one commit, each read on first use. Not thread-safe. */
final class Snapshot {
    private final Repository git;
    private final RunIdentity run;
    private final ObjectId commit;
    private final String digestsPath;
    private final @Nullable ObjectId listId;
    private final @Nullable ObjectId readmeId;
    private final @Nullable ObjectId digestsId;
    private final @Nullable ObjectId seenId;
    private @Nullable KeyTable list;
    private @Nullable ImageDigests digests;
    private @Nullable Seen seen;
    private @Nullable List<DigestTable> allDigests;

    private Snapshot(Repository git, RunIdentity run, ObjectId commit) throws IOException {
        Blobs blobs = new Blobs(git);
        NamespaceFiles files = run.files();
        this.git = git;
        this.run = run;
        this.commit = commit;
        this.digestsPath = run.imageDigests(git, commit);
        this.listId = blobs.find(commit, files.imageList());
        this.readmeId = blobs.find(commit, files.readme());
        this.digestsId = blobs.find(commit, digestsPath);
        this.seenId = blobs.find(commit, files.seen());
    }

    /** @param commit {@link ObjectId#zeroId} for a branch without commits */
    static Snapshot at(ObjectId commit, RunIdentity run, Repository git) throws IOException {
        return new Snapshot(git, run, commit);
    }

    /** Returns the files in another commit; unchanged files are not read again. */
    Snapshot movedTo(ObjectId other, Repository in) throws IOException {
        if (other.equals(commit) && in.equals(git)) {
            return this;
        }
        Snapshot moved = new Snapshot(in, run, other);
        if (Objects.equals(moved.listId, listId)) {
            moved.list = list;
        }
        if (Objects.equals(moved.digestsId, digestsId)) {
            moved.digests = digests;
        }
        if (Objects.equals(moved.seenId, seenId)) {
            moved.seen = seen;
        }
        return moved;
    }

    /** Keeps what was just written, so that it is not read back. */
    void known(@Nullable KeyTable writtenList, @Nullable ImageDigests writtenDigests, @Nullable Seen writtenSeen) {
        list = writtenList != null ? writtenList : list;
        digests = writtenDigests != null ? writtenDigests : digests;
        seen = writtenSeen != null ? writtenSeen : seen;
    }

    ObjectId commit() {
        return commit;
    }

    Repository git() {
        return git;
    }

    @Nullable
    ObjectId listId() {
        return listId;
    }

    @Nullable
    ObjectId digestsId() {
        return digestsId;
    }

    @Nullable
    ObjectId readmeId() {
        return readmeId;
    }

    /** Returns the digests; no rows and no destination if the file is missing. */
    ImageDigests digests() throws IOException {
        ImageDigests known = digests;
        if (known == null) {
            try {
                known = new Blobs(git).digests(digestsId);
            } catch (MalformedException e) {
                throw new History(git).refusal(commit, digestsPath, e);
            }
            digests = known;
        }
        return known;
    }

    /** Returns the digests of all the mirror's destinations. A damaged file stops the run of its own destination only. */
    List<DigestTable> allDigests() throws IOException {
        List<DigestTable> known = allDigests;
        if (known == null) {
            known = new ArrayList<>();
            for (String path : new Blobs(git).imageDigests(commit, run.files())) {
                known.add(readable(path));
            }
            allDigests = known;
        }
        return known;
    }

    private DigestTable readable(String path) throws IOException {
        Blobs blobs = new Blobs(git);
        try {
            return (path.equals(digestsPath) ? digests() : blobs.digests(blobs.find(commit, path))).rows();
        } catch (MalformedException e) {
            return DigestTable.EMPTY;
        }
    }

    KeyTable list() throws IOException {
        KeyTable known = list;
        if (known == null) {
            try {
                known = new Blobs(git).list(listId);
            } catch (MalformedException e) {
                throw new History(git).refusal(commit, run.files().imageList(), e);
            }
            list = known;
        }
        return known;
    }

    /** Returns what is held back; nothing if the file is missing. */
    Seen seen() throws IOException {
        Seen known = seen;
        if (known == null) {
            try {
                known = new Blobs(git).seen(seenId);
            } catch (MalformedException e) {
                throw new History(git).refusal(commit, run.files().seen(), e);
            }
            seen = known;
        }
        return known;
    }

    /** Returns the rows for the run's destination. */
    DigestTable rows() throws IOException {
        ImageDigests all = digests();
        return all.isFor(run.destination(), Optional.of(run.source())) ? all.rows() : DigestTable.EMPTY;
    }

    /** Applies the changes to the files. */
    Draft draft(Collection<Change> changes, Draft.Meanwhile meanwhile) throws IOException {
        KeyTable listed = changes.isEmpty() ? KeyTable.EMPTY : list();
        return new Draft(digests(), listed, seen(), changes, meanwhile, run.destination(), run.source(), run.isFirst());
    }

    /** Returns the paths of the files. */
    List<String> paths() {
        return List.of(
                run.files().imageList(),
                run.files().readme(),
                digestsPath,
                run.files().seen());
    }

    String digestsPath() {
        return digestsPath;
    }

    /** Returns the ledgers of the commit's other mirrors. */
    List<OtherLedger> others() throws IOException {
        Blobs blobs = new Blobs(git);
        List<OtherLedger> others = new ArrayList<>();
        for (String path : blobs.imageDigests(commit)) {
            NamespaceFiles each = NamespaceFiles.ofImageDigests(path).orElseThrow();
            if (!each.equals(run.files())) {
                FileContent imageDigests = blobs.content(blobs.find(commit, path));
                FileContent readme = blobs.content(blobs.find(commit, each.readme()));
                others.add(OtherLedger.open(each, path, imageDigests, readme));
            }
        }
        return others;
    }

    /** Refuses a changelog with conflict markers. */
    void checkReadme() throws IOException {
        try {
            new Blobs(git).checkChangelog(readmeId);
        } catch (MalformedException e) {
            throw new History(git).refusal(commit, run.files().readme(), e);
        }
    }
}
