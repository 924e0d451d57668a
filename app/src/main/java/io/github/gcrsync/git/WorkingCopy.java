package io.github.gcrsync.git;

import io.github.gcrsync.git.transport.Location;
import io.github.gcrsync.ledger.LedgerException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.transport.RemoteConfig;
import org.eclipse.jgit.transport.URIish;

/** A repository with a work tree on this machine that belongs to the user. */
final class WorkingCopy implements Place {
    private final Path folder;
    /** Its {@code .git}; for a submodule or a linked work tree, the folder that this file points to. */
    private final Path gitFolder;
    /** The folder with branches and configuration; for a linked work tree, shared with others. */
    private final Path commonFolder;

    WorkingCopy(Path folder) throws IOException {
        FileRepositoryBuilder described = GitFiles.described(folder);
        this.folder = folder;
        this.gitFolder = described.getGitDir().toPath();
        this.commonFolder = described.getGitCommonDir().toPath();
    }

    @Override
    public Path lockFile() {
        return gitFolder.resolve(ProcessLock.FILE);
    }

    @Override
    public MetadataBranch open(MetadataSettings settings, Clock clock) throws IOException {
        Repository git = GitFiles.withWorkTree(folder, settings.branch().orElse(Constants.MASTER));
        try {
            String checkedOut =
                    settings.branch().isPresent() ? settings.branch().get() : current(git);
            Author author = Author.of(settings, git.getConfig());
            Optional<WorkTree> workTree = Optional.of(new WorkTree(git));
            Optional<Remote> origin = origin(git, settings);
            if (origin.isEmpty()) {
                return new MetadataBranch(git, checkedOut, origin, workTree, author, clock);
            }
            boolean isNew = settings.branch().isEmpty()
                    && git.getRefDatabase().getRefsByPrefix(Constants.R_HEADS).isEmpty();
            Remote.Fetched fetched =
                    origin.get().fetch(git, isNew ? Optional.empty() : Optional.of(checkedOut), checkedOut);
            if (isNew) {
                checkOut(git, fetched.branch());
            }
            // a branch that its owner never pushed stays local
            boolean isShared = isNew || fetched.isEmpty() || !fetched.tip().equals(ObjectId.zeroId());
            MetadataBranch branch =
                    new MetadataBranch(git, fetched.branch(), origin.filter(_ -> isShared), workTree, author, clock);
            if (fetched.isEmpty()) {
                branch.remoteIsEmpty();
            }
            return branch;
        } catch (IOException | RuntimeException e) {
            git.close();
            throw e;
        }
    }

    @Override
    public void recover(Instant diedSince) throws IOException {
        for (Path part : new LinkedHashSet<>(List.of(gitFolder, commonFolder))) {
            GitFiles.deleteStaleLocks(part, diedSince);
        }
    }

    private String current(Repository git) throws IOException {
        Ref head = git.exactRef(Constants.HEAD);
        if (head == null || !head.isSymbolic() || !head.getTarget().getName().startsWith(Constants.R_HEADS)) {
            throw new LedgerException(
                    LedgerException.Kind.UNUSABLE,
                    "the metadata repository " + folder + " has no branch checked out",
                    "check one out or give --branch");
        }
        return head.getTarget().getName().substring(Constants.R_HEADS.length());
    }

    /** Without any branch, as after cloning an empty repository, there are no files that could be lost. */
    private static void checkOut(Repository git, String branch) throws IOException {
        RefUpdate head = git.updateRef(Constants.HEAD);
        head.disableRefLog();
        head.link(Constants.R_HEADS + branch);
    }

    private static Optional<Remote> origin(Repository git, MetadataSettings settings) throws IOException {
        try {
            List<URIish> urls = new RemoteConfig(git.getConfig(), Constants.DEFAULT_REMOTE_NAME).getURIs();
            if (urls.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(
                    switch (Location.parse(urls.getFirst().toPrivateString(), settings.token())) {
                        case Location.Remote(URIish url, Optional<Location.Credential> credential) ->
                            new Remote(url, credential, settings.timeout(), settings.transport());
                        case Location.Local(Path path) -> {
                            GitFiles.refuseSha256(path);
                            yield Place.byPath(path, settings);
                        }
                    });
        } catch (URISyntaxException e) {
            throw new LedgerException(
                    LedgerException.Kind.UNUSABLE,
                    "the remote \"origin\" of " + git.getDirectory() + " has no usable URL",
                    "fix it with git remote set-url");
        }
    }
}
