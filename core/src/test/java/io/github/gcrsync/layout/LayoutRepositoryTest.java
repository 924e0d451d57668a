package io.github.gcrsync.layout;

import io.github.gcrsync.content.Repository;
import io.github.gcrsync.content.RepositoryContract;
import io.github.gcrsync.oci.RepositoryName;
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
