package io.github.gcrsync.git;

import io.github.gcrsync.ledger.ConflictMarkers;
import io.github.gcrsync.ledger.FileContent;
import io.github.gcrsync.ledger.ImageDigests;
import io.github.gcrsync.ledger.ImageList;
import io.github.gcrsync.ledger.KeyTable;
import io.github.gcrsync.ledger.LedgerException;
import io.github.gcrsync.ledger.MalformedException;
import io.github.gcrsync.ledger.NamespaceFiles;
import io.github.gcrsync.ledger.Seen;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.PathFilter;
import org.eclipse.jgit.treewalk.filter.TreeFilter;
import org.jspecify.annotations.Nullable;

/** Reads and writes files as git blobs. A missing file has the id {@code null} and reads as empty. */
final class Blobs {
    private final Repository git;

    Blobs(Repository git) {
        this.git = git;
    }

    /** Returns the file's blob in the commit. Refuses a folder in its place. */
    @Nullable
    ObjectId find(ObjectId commit, String path) throws IOException {
        if (commit.equals(ObjectId.zeroId())) {
            return null;
        }
        try (ObjectReader reader = git.newObjectReader();
                RevWalk walk = new RevWalk(reader);
                TreeWalk tree =
                        TreeWalk.forPath(reader, path, walk.parseCommit(commit).getTree())) {
            if (tree == null) {
                return null;
            }
            if (tree.getFileMode(0).getObjectType() != Constants.OBJ_BLOB) {
                throw new LedgerException(
                        LedgerException.Kind.DAMAGED,
                        path + " in commit " + commit.name() + " is not a file",
                        "move or delete it");
            }
            return tree.getObjectId(0);
        }
    }

    /** Returns the paths of all ImageDigests in the commit, in order. */
    List<String> imageDigests(ObjectId commit) throws IOException {
        return imageDigests(commit, TreeFilter.ALL);
    }

    /** Returns the paths of a mirror's ImageDigests in the commit: that of the first destination, then the others. */
    List<String> imageDigests(ObjectId commit, NamespaceFiles files) throws IOException {
        return imageDigests(commit, PathFilter.create(files.folder())).stream()
                .filter(path -> path.lastIndexOf('/') == files.folder().length())
                .toList();
    }

    private List<String> imageDigests(ObjectId commit, TreeFilter where) throws IOException {
        List<String> found = new ArrayList<>();
        if (commit.equals(ObjectId.zeroId())) {
            return found;
        }
        try (ObjectReader reader = git.newObjectReader();
                RevWalk walk = new RevWalk(reader);
                TreeWalk tree = new TreeWalk(reader)) {
            tree.addTree(walk.parseCommit(commit).getTree());
            tree.setRecursive(true);
            tree.setFilter(where);
            while (tree.next()) {
                String path = tree.getPathString();
                if (NamespaceFiles.isImageDigests(tree.getNameString())
                        && NamespaceFiles.ofImageDigests(path).isPresent()) {
                    found.add(path);
                }
            }
        }
        return found;
    }

    byte[] bytes(@Nullable ObjectId id) throws IOException {
        return content(id).bytes();
    }

    FileContent content(@Nullable ObjectId id) throws IOException {
        return id == null ? FileContent.of(new byte[0]) : after(id, 0);
    }

    /** Parses the file as an ImageList. */
    KeyTable list(@Nullable ObjectId id) throws IOException, MalformedException {
        return id == null ? KeyTable.EMPTY : ImageList.parse(content(id));
    }

    /** Parses the file as an ImageDigests; a missing file has neither rows nor destination. */
    ImageDigests digests(@Nullable ObjectId id) throws IOException, MalformedException {
        return id == null ? ImageDigests.empty("") : ImageDigests.parse(content(id));
    }

    /** Parses the file as a Seen. */
    Seen seen(@Nullable ObjectId id) throws IOException, MalformedException {
        return id == null ? Seen.EMPTY : Seen.parse(content(id));
    }

    /** Refuses a changelog with conflict markers. */
    void checkChangelog(@Nullable ObjectId id) throws IOException, MalformedException {
        ConflictMarkers.refuse(content(id));
    }

    /** Returns the file without its first bytes. */
    FileContent after(ObjectId id, long skipped) throws IOException {
        ObjectLoader file = git.open(id, Constants.OBJ_BLOB);
        return new FileContent(file.getSize() - skipped, () -> {
            InputStream in = file.openStream();
            in.skipNBytes(skipped);
            return in;
        });
    }

    boolean startsWith(@Nullable ObjectId id, byte[] beginning) throws IOException {
        try (InputStream in = content(id).open()) {
            return Arrays.equals(in.readNBytes(beginning.length), beginning);
        }
    }

    ObjectId insert(ObjectInserter to, FileContent content) throws IOException {
        try (InputStream in = content.open()) {
            return to.insert(Constants.OBJ_BLOB, content.length(), in);
        }
    }
}
