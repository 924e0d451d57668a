package io.github.gcrsync.git;

import io.github.gcrsync.git.transport.Location;
import io.github.gcrsync.ledger.LedgerException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.eclipse.jgit.internal.storage.dfs.DfsRepositoryDescription;
import org.eclipse.jgit.internal.storage.dfs.InMemoryRepository;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.transport.URIish;

/** The local copy of the metadata repository. */
sealed interface Place permits WorkingCopy, CachedClone, Place.Nowhere {
    /** Returns the file whose lock admits one process at a time. */
    Path lockFile();

    /** Opens or creates the repository and fetches; the caller holds the lock. */
    MetadataBranch open(MetadataSettings settings, Clock clock) throws IOException;

    /** Cleans up after a dead holder of the lock. */
    default void recover(Instant diedSince) throws IOException {}

    /** Deletes a copy that can be fetched again; false if there is none. */
    default boolean discard() throws IOException {
        return false;
    }

    static Place of(MetadataSettings settings) throws IOException {
        return switch (Location.parse(settings.location(), settings.token())) {
            case Location.Remote(URIish url, Optional<Location.Credential> credential) ->
                new CachedClone(
                        settings.stateFolder(),
                        new Remote(url, credential, settings.timeout(), settings.transport()),
                        Optional.empty());
            case Location.Local(Path path) -> local(settings, path);
        };
    }

    /** For reading: does not create a missing local repository. */
    static Place toRead(MetadataSettings settings) throws IOException {
        return Location.parse(settings.location(), settings.token()) instanceof Location.Local(Path path)
                        && GitFiles.isAbsentOrEmpty(path)
                ? new Nowhere(settings.stateFolder())
                : of(settings);
    }

    private static Place local(MetadataSettings settings, Path path) throws IOException {
        boolean absent = GitFiles.isAbsentOrEmpty(path);
        if (!absent) {
            GitFiles.refuseSha256(path);
        }
        if (GitFiles.isBareRepository(path) || (absent && path.toString().endsWith(Constants.DOT_GIT_EXT))) {
            return new CachedClone(settings.stateFolder(), byPath(path, settings), Optional.of(path));
        }
        if (!absent && !Files.exists(path.resolve(Constants.DOT_GIT))) {
            throw new LedgerException(
                    LedgerException.Kind.UNUSABLE,
                    path + " is neither a git repository nor an empty folder",
                    "use another --metadata, or run git init there");
        }
        return new WorkingCopy(path);
    }

    static Remote byPath(Path path, MetadataSettings settings) {
        try {
            return new Remote(new URIish(path.toString()), Optional.empty(), settings.timeout(), settings.transport());
        } catch (URISyntaxException e) {
            throw new LedgerException(LedgerException.Kind.UNUSABLE, "git cannot use the path " + path, e);
        }
    }

    /** Stands for a missing repository that is only read: empty and in memory. */
    record Nowhere(Path stateFolder) implements Place {
        @Override
        public Path lockFile() {
            return stateFolder.resolve("metadata").resolve("nowhere.lock");
        }

        @Override
        public MetadataBranch open(MetadataSettings settings, Clock clock) {
            return new MetadataBranch(
                    new InMemoryRepository(new DfsRepositoryDescription("nowhere")),
                    settings.branch().orElse(Constants.MASTER),
                    Optional.empty(),
                    Optional.empty(),
                    Author.of(settings, new Config()),
                    clock);
        }
    }
}
