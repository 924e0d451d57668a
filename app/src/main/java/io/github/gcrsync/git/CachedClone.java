package io.github.gcrsync.git;

import io.github.gcrsync.files.PrivateFiles;
import io.github.gcrsync.oci.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.TreeWalk;

/**
 * A private bare clone of a repository elsewhere, kept between runs so that only new commits are fetched. Nobody else
 * uses it, so a broken clone can be deleted and cloned again.
 */
final class CachedClone implements Place {
    private static final int NAME_LENGTH = 32;

    private final Path parent;
    private final Path folder;
    private final Remote remote;
    /** The bare repository itself, if it is on this machine. */
    private final Optional<Path> bare;

    CachedClone(Path stateFolder, Remote remote, Optional<Path> bare) {
        String name = Digest.sha256(remote.toString().getBytes(StandardCharsets.UTF_8))
                .hex()
                .substring(0, NAME_LENGTH);
        this.parent = stateFolder.toAbsolutePath().normalize().resolve("metadata");
        this.folder = parent.resolve(name);
        this.remote = remote;
        this.bare = bare;
    }

    @Override
    public Path lockFile() {
        return folder.resolveSibling(folder.getFileName() + ".lock");
    }

    @Override
    public MetadataBranch open(MetadataSettings settings, Clock clock) throws IOException {
        PrivateFiles.createFolder(parent); // The clone may be of a private repository.
        String newBranch = settings.branch().orElse(Constants.MASTER);
        if (bare.isPresent() && GitFiles.isAbsentOrEmpty(bare.get())) {
            GitFiles.bare(bare.get(), newBranch).close();
        }
        Repository git = sound(newBranch);
        try {
            Author author = Author.of(settings, bare.isPresent() ? GitFiles.config(bare.get()) : new Config());
            return branch(git, settings, author, clock);
        } catch (IOException | RuntimeException e) {
            git.close();
            throw e;
        }
    }

    @Override
    public void recover(Instant diedSince) throws IOException {
        if (Files.isDirectory(folder)) {
            GitFiles.deleteStaleLocks(folder, Instant.EPOCH);
        }
    }

    @Override
    public boolean discard() throws IOException {
        GitFiles.delete(folder);
        return true;
    }

    private MetadataBranch branch(Repository git, MetadataSettings settings, Author author, Clock clock)
            throws IOException {
        Remote.Fetched fetched = remote.fetch(git, settings.branch(), Constants.MASTER);
        MetadataBranch branch =
                new MetadataBranch(git, fetched.branch(), Optional.of(remote), Optional.empty(), author, clock);
        branch.follow(fetched.known(), fetched.tip());
        git.autoGC(NullProgressMonitor.INSTANCE);
        return branch;
    }

    /** Opens the clone; clones again if it is missing or unreadable. */
    private Repository sound(String newBranch) throws IOException {
        try {
            recover(Instant.EPOCH);
            Repository git = GitFiles.bare(folder, newBranch);
            try {
                check(git);
                return git;
            } catch (IOException | RuntimeException e) {
                git.close();
                throw e;
            }
        } catch (IOException | RuntimeException broken) {
            if (broken instanceof FileSystemException) {
                // a full disk or missing permissions, which a new clone would not fix
                throw broken;
            }
            discard();
            return GitFiles.bare(folder, newBranch);
        }
    }

    /** Opens the tips and the first bytes of their files, which finds a truncated pack or a missing object. */
    private static void check(Repository git) throws IOException {
        for (Ref ref : git.getRefDatabase().getRefs()) {
            ObjectId id = ref.getObjectId();
            if (id == null) {
                continue;
            }
            try (ObjectReader reader = git.newObjectReader();
                    RevWalk commits = new RevWalk(reader);
                    TreeWalk files = new TreeWalk(reader)) {
                files.addTree(commits.parseCommit(id).getTree());
                files.setRecursive(true);
                while (files.next()) {
                    if (files.getFileMode(0).getObjectType() == Constants.OBJ_BLOB) {
                        reader.open(files.getObjectId(0)).openStream().close();
                    }
                }
            }
        }
    }
}
