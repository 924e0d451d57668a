package gcrsync.registry;

import gcrsync.content.Repository;
import gcrsync.content.RepositoryContract;
import gcrsync.engine.Engine;
import gcrsync.oci.RepositoryName;
import gcrsync.testkit.TestRegistry;
import org.junit.jupiter.api.AfterEach;

/** A repository of a registry keeps the contract of all repositories. */
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
