package gcrsync.ledger;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.eclipse.jgit.internal.storage.dfs.DfsRepositoryDescription;
import org.eclipse.jgit.internal.storage.dfs.InMemoryRepository;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.Constants;

/** The place of a repository that does not exist yet and is only to be read: empty, and in memory. */
final class Nowhere implements Place {
    private final Path stateFolder;

    Nowhere(Path stateFolder) {
        this.stateFolder = stateFolder;
    }

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

    @Override
    public void recover(Instant diedSince) {
        // nothing is left behind in memory
    }

    @Override
    public boolean discard() {
        return false;
    }
}
