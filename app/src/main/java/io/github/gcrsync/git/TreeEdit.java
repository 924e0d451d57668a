package io.github.gcrsync.git;

import io.github.gcrsync.ledger.FileContent;
import io.github.gcrsync.ledger.LedgerException;
import java.io.IOException;
import java.util.Map;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheBuilder;
import org.eclipse.jgit.dircache.DirCacheEditor;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;

/** Replaces files in a commit's tree, without a work tree. */
final class TreeEdit {
    private TreeEdit() {}

    /**
     * Writes the tree.
     *
     * @param base the commit to start from, {@link ObjectId#zeroId} for an empty tree
     */
    static ObjectId write(Repository git, ObjectId base, Map<String, FileContent> files, ObjectInserter inserter)
            throws IOException {
        DirCache index = DirCache.newInCore();
        DirCacheBuilder all = index.builder();
        if (!base.equals(ObjectId.zeroId())) {
            try (ObjectReader reader = git.newObjectReader();
                    RevWalk walk = new RevWalk(reader)) {
                all.addTree(
                        new byte[0],
                        DirCacheEntry.STAGE_0,
                        reader,
                        walk.parseCommit(base).getTree());
            }
        }
        all.finish();
        DirCacheEditor editor = index.editor();
        for (Map.Entry<String, FileContent> file : files.entrySet()) {
            refuseFileInPlaceOfFolder(index, file.getKey());
            ObjectId blob = new Blobs(git).insert(inserter, file.getValue());
            editor.add(new DirCacheEditor.PathEdit(file.getKey()) {
                @Override
                public void apply(DirCacheEntry entry) {
                    entry.setFileMode(FileMode.REGULAR_FILE);
                    entry.setObjectId(blob);
                }
            });
        }
        editor.finish();
        return index.writeTree(inserter);
    }

    /** JGit would silently drop the file. */
    private static void refuseFileInPlaceOfFolder(DirCache index, String path) {
        for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
            String folder = path.substring(0, slash);
            if (index.getEntry(folder) != null) {
                throw new LedgerException(
                        LedgerException.Kind.CONFLICT,
                        "the metadata repository holds a file " + folder + " where the folder of a namespace belongs",
                        "rename it and commit");
            }
        }
    }
}
