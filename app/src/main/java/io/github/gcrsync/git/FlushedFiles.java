package io.github.gcrsync.git;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheCheckout;
import org.eclipse.jgit.dircache.DirCacheCheckout.CheckoutMetadata;
import org.eclipse.jgit.dircache.DirCacheEditor;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.errors.LockFailedException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.WorkingTreeOptions;
import org.eclipse.jgit.treewalk.filter.PathFilterGroup;
import org.jspecify.annotations.Nullable;

/**
 * Writes files of the working copy under a temporary name, flushes and renames them. JGit's checkout does not flush,
 * and a file that is empty after a power failure looks like a person's change.
 */
final class FlushedFiles {
    /** Git's index lock is held while such a file exists, so one name per folder is enough. */
    static final String TEMPORARY = ".gcrsync.tmp";

    private final Repository git;
    private final Path root;
    private final WorkingTreeOptions options;

    FlushedFiles(Repository git) {
        this.git = git;
        this.root = git.getWorkTree().toPath();
        this.options = git.getConfig().get(WorkingTreeOptions.KEY);
    }

    /**
     * Writes the paths that are regular files, and updates the index, which the caller has locked and writes. JGit
     * handles the rest: links, executables, and everything if something else is in the place of a file.
     */
    void write(Map<String, CheckoutMetadata> paths, @Nullable ObjectId tree, DirCache index) throws IOException {
        if (tree == null || paths.isEmpty()) {
            return;
        }
        Map<String, ObjectId> files = files(paths.keySet(), tree);
        if (files.keySet().stream().anyMatch(this::isObstructed)) {
            return;
        }
        DirCacheEditor editor = index.editor();
        for (Map.Entry<String, ObjectId> file : files.entrySet()) {
            String path = file.getKey();
            write(path, file.getValue(), Objects.requireNonNull(paths.get(path)));
            editor.add(new Written(path, file.getValue(), root.resolve(path)));
        }
        editor.finish();
    }

    /** Returns the regular files of the tree. */
    private Map<String, ObjectId> files(Set<String> paths, ObjectId tree) throws IOException {
        Map<String, ObjectId> files = new TreeMap<>();
        try (TreeWalk walk = new TreeWalk(git)) {
            walk.addTree(tree);
            walk.setRecursive(true);
            walk.setFilter(PathFilterGroup.createFromStrings(paths));
            while (walk.next()) {
                if (paths.contains(walk.getPathString()) && walk.getFileMode().equals(FileMode.REGULAR_FILE)) {
                    files.put(walk.getPathString(), walk.getObjectId(0));
                }
            }
        }
        return files;
    }

    private boolean isObstructed(String path) {
        Path file = root.resolve(path);
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return true;
        }
        // A link may lead to the working copy itself.
        for (Path folder = file.resolveSibling("");
                folder.getNameCount() > root.getNameCount();
                folder = folder.resolveSibling("")) {
            if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)
                    && !Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                return true;
            }
        }
        return false;
    }

    /** @param conversion by git's attributes */
    void write(String path, ObjectId content, CheckoutMetadata conversion) throws IOException {
        Path file = root.resolve(path);
        Path temporary = file.resolveSibling(TEMPORARY);
        Files.createDirectories(temporary.resolveSibling("."));
        Files.deleteIfExists(temporary);
        try (OutputStream out = Files.newOutputStream(temporary, StandardOpenOption.CREATE_NEW)) {
            DirCacheCheckout.getContent(git, path, conversion, git.open(content, Constants.OBJ_BLOB), options, out);
        }
        force(temporary);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void force(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    private static final class Written extends DirCacheEditor.PathEdit {
        private final ObjectId content;
        private final Instant modified;
        private final long length;

        private Written(String path, ObjectId content, Path file) throws IOException {
            super(path);
            this.content = content;
            this.modified = Files.getLastModifiedTime(file).toInstant();
            this.length = Files.size(file);
        }

        @Override
        public void apply(DirCacheEntry entry) {
            entry.setFileMode(FileMode.REGULAR_FILE);
            entry.setObjectId(content);
            entry.setLastModified(modified);
            entry.setLength(length);
        }
    }

    /** Git's index, locked; flushed before it is renamed, like the files. */
    static final class Index extends DirCache {
        private final Path written;

        private Index(Repository git) {
            super(git.getIndexFile(), git.getFS());
            this.written = Path.of(git.getIndexFile() + ".lock");
        }

        /** @throws LockFailedException if another process holds git's index lock */
        static Index locked(Repository git) throws IOException {
            Index index = new Index(git);
            if (!index.lock()) {
                throw new LockFailedException(git.getIndexFile());
            }
            try {
                index.read();
                return index;
            } catch (IOException | RuntimeException e) {
                index.unlock();
                throw e;
            }
        }

        @Override
        public void write() throws IOException {
            super.write();
            force(written);
        }
    }
}
