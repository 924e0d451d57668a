package io.github.gcrsync.git;

import io.github.gcrsync.ledger.LedgerException;
import io.github.gcrsync.ledger.MalformedException;
import io.github.gcrsync.ledger.NamespaceFiles;
import io.github.gcrsync.text.Message;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevSort;
import org.eclipse.jgit.revwalk.RevWalk;

/** Finds the last good version of a damaged file. */
final class History {
    /** A file damaged for longer needs a person to look at it. */
    private static final int MAX_VERSIONS = 200;

    private final Repository git;

    History(Repository git) {
        this.git = git;
    }

    LedgerException refusal(ObjectId commit, String path, MalformedException why) throws IOException {
        String where = path + " in commit " + commit.abbreviate(10).name() + ": ";
        Message message = why.message().saying(where + why.message().what());
        if (why.kind() == LedgerException.Kind.NEWER) {
            return new LedgerException(why.kind(), message, why);
        }
        String remedy = lastGood(commit, path)
                .map(good ->
                        "restore it with: git show " + good.name() + ":" + path + " > " + path + " and commit the file")
                .orElse("no earlier commit has a good version: repair or delete the file and commit");
        return new LedgerException(why.kind(), message.and(Optional.of(remedy)), why);
    }

    private Optional<ObjectId> lastGood(ObjectId from, String path) throws IOException {
        Blobs blobs = new Blobs(git);
        Set<ObjectId> seen = new HashSet<>();
        try (RevWalk walk = new RevWalk(git)) {
            walk.markStart(walk.parseCommit(from));
            walk.sort(RevSort.TOPO);
            for (RevCommit commit : walk) {
                ObjectId blob = blobs.find(commit, path);
                if (blob != null && seen.add(blob) && isGood(blobs, blob, path)) {
                    return Optional.of(commit.copy());
                }
                if (seen.size() >= MAX_VERSIONS) {
                    break;
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isGood(Blobs blobs, ObjectId blob, String path) throws IOException {
        try {
            String name = path.substring(path.lastIndexOf('/') + 1);
            if (NamespaceFiles.isImageDigests(name)) {
                blobs.digests(blob);
            } else if (name.equals(NamespaceFiles.IMAGE_LIST)) {
                blobs.list(blob);
            } else if (name.equals(NamespaceFiles.SEEN)) {
                blobs.seen(blob);
            } else {
                blobs.checkChangelog(blob);
            }
            return true;
        } catch (MalformedException e) {
            return false;
        }
    }
}
