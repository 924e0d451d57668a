package io.github.gcrsync.content;

import io.github.gcrsync.oci.RepositoryName;
import java.util.HashMap;
import java.util.Map;

final class MemoryRepositoryTest extends RepositoryContract {
    private final Map<RepositoryName, Repository> repositories = new HashMap<>();

    @Override
    protected Repository repository(RepositoryName name) {
        return repositories.computeIfAbsent(name, _ -> new MemoryRepository());
    }
}
