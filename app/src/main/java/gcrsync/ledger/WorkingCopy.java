package gcrsync.ledger;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.RemoteConfig;
import org.eclipse.jgit.transport.URIish;

/** A repository with a work tree on this machine, which the user named and may work in. */
final class WorkingCopy implements Place {
    private final Path folder;

    WorkingCopy(Path folder) {
        this.folder = folder;
    }

    @Override
    public Path lockFile() {
        Path dot = folder.resolve(Constants.DOT_GIT);
        return Files.isRegularFile(dot)
                ? folder.resolveSibling("." + folder.getFileName() + "." + ProcessLock.FILE)
                : dot.resolve(ProcessLock.FILE);
    }

    @Override
    public MetadataBranch open(MetadataSettings settings, Clock clock) throws IOException {
        Repository git = GitFiles.withWorkTree(folder, settings.branch().orElse(Constants.MASTER));
        try {
            String branch = settings.branch().isPresent() ? settings.branch().get() : current(git);
            Optional<Remote> origin = origin(git, settings);
            ObjectId found = ObjectId.zeroId();
            if (origin.isPresent()) {
                found = origin.get().fetch(git, Optional.of(branch)).tip();
                if (found.equals(ObjectId.zeroId())) {
                    // a branch that its owner never pushed stays here
                    origin = Optional.empty();
                }
            }
            Author author = Author.of(settings, git.getConfig());
            return new MetadataBranch(git, branch, origin, Optional.of(new WorkTree(git)), author, clock);
        } catch (IOException | RuntimeException e) {
            git.close();
            throw e;
        }
    }

    @Override
    public void recover(Instant diedSince) throws IOException {
        Path git = folder.resolve(Constants.DOT_GIT);
        if (Files.isDirectory(git.resolve("refs"))) {
            GitFiles.deleteStaleLocks(git, diedSince);
        }
    }

    @Override
    public boolean discard() {
        return false;
    }

    private String current(Repository git) throws IOException {
        Ref head = git.exactRef(Constants.HEAD);
        if (head == null || !head.isSymbolic() || !head.getTarget().getName().startsWith(Constants.R_HEADS)) {
            throw new LedgerException(
                    LedgerException.Kind.UNUSABLE,
                    "the metadata repository " + folder + " has no branch checked out; check one out or give --branch");
        }
        return head.getTarget().getName().substring(Constants.R_HEADS.length());
    }

    private static Optional<Remote> origin(Repository git, MetadataSettings settings) {
        try {
            List<URIish> urls = new RemoteConfig(git.getConfig(), Constants.DEFAULT_REMOTE_NAME).getURIs();
            if (urls.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(
                    switch (Location.parse(urls.getFirst().toPrivateString(), settings.token())) {
                        case Location.Remote(URIish url, Optional<Location.Credential> credential) ->
                            new Remote(url, credential, settings.timeout(), settings.transport());
                        case Location.Local(Path path) -> Place.byPath(path, settings);
                    });
        } catch (URISyntaxException e) {
            throw new LedgerException(
                    LedgerException.Kind.UNUSABLE,
                    "the remote \"origin\" of " + git.getDirectory()
                            + " has no usable URL; mend it with git remote set-url");
        }
    }
}
