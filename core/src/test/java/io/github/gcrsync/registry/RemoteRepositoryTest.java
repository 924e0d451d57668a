package io.github.gcrsync.registry;

import io.github.gcrsync.content.Repository;
import io.github.gcrsync.content.RepositoryContract;
import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.testkit.TestRegistry;
import org.junit.jupiter.api.AfterEach;

/** Runs the contract against a registry. */
final class RemoteRepositoryTest extends RepositoryContract {
    private final TestRegistry registry = TestRegistry.start();
    private final Engine engine = Engine.builder().build();

    @Override
    protected Repository repository(RepositoryName name) {
        return engine.registry(registry.host()).repository(name);
    }

    @AfterEach
    void stop() {
        engine.close();
        registry.close();
    }
}
