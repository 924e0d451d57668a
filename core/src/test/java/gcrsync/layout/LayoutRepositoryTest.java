package gcrsync.layout;

import gcrsync.content.Repository;
import gcrsync.content.RepositoryContract;
import gcrsync.oci.RepositoryName;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class LayoutRepositoryTest extends RepositoryContract {
    @TempDir
    Path folder;

    @Override
    protected Repository repository(RepositoryName name) {
        return OciLayouts.at(folder).repository(name);
    }
}
