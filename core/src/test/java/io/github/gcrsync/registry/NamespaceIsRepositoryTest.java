package io.github.gcrsync.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Listing;
import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.RegistryOptions;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists a namespace that is a repository, with or without repositories below it. */
@Timeout(60)
final class NamespaceIsRepositoryTest {
    private static final SampleImage IMAGE = SampleImages.oci(1);

    private final Engine engine = Registries.engine().build();

    @AfterEach
    void stop() {
        engine.close();
    }

    private NamespaceListing namespace(TestRegistry registry) {
        return engine.registry(registry.host()).namespace(new RepositoryName("library/nginx"), 5);
    }

    private static List<String> tags(Listing listing) {
        return listing.repositories().stream()
                .flatMap(r -> r.tags().stream().map(tag -> r.name() + ":" + tag.tag()))
                .toList();
    }

    private static TestRegistry started(RegistryOptions options) {
        TestRegistry registry = options.start();
        registry.put("library/nginx", "1", IMAGE);
        registry.put("library/other", "1", IMAGE);
        return registry;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void listsNamespaceWithRepositoriesBelowIt(boolean gcr) {
        try (TestRegistry registry = started(TestRegistry.builder().gcrListing(gcr))) {
            registry.put("library/nginx/exporter", "2", IMAGE);

            assertThat(tags(namespace(registry).list())).containsExactly("library/nginx:1", "library/nginx/exporter:2");
            assertThat(registry.log().count("GET", "^/v2/library/nginx/tags/list"))
                    .isEqualTo(1);
            assertThat(tags(namespace(registry).below())).containsExactly("library/nginx/exporter:2");
        }
    }

    @Test
    void listsNamespaceWithoutRepositoriesBelowIt() {
        try (TestRegistry registry = started(TestRegistry.builder())) {
            assertThat(tags(namespace(registry).list())).containsExactly("library/nginx:1");
        }
    }

    /** As olareg. */
    @Test
    void listsOnlyNamespaceIfRegistryHasNoCatalog() {
        try (TestRegistry registry = started(TestRegistry.builder().catalog(false))) {
            assertThat(tags(namespace(registry).list())).containsExactly("library/nginx:1");
            assertThatThrownBy(() -> namespace(registry).below()).isInstanceOf(ContentException.NotFound.class);

            registry.fault(Fault.on("GET", "^/v2/_catalog").status(401).always());
            assertThat(tags(namespace(registry).list())).containsExactly("library/nginx:1");
        }
    }

    /** distribution 3.1 refuses pages of more than 1,000 tags, serverless-registry fails. */
    @ParameterizedTest
    @ValueSource(ints = {400, 500})
    void retriesProbeWithUsualPageSize(int status) {
        try (TestRegistry registry = started(TestRegistry.builder().catalog(false))) {
            registry.fault(Fault.on("GET", "^/v2/library/nginx/tags/list")
                    .status(status)
                    .times(status == 500 ? 3 : 1));

            assertThat(tags(namespace(registry).list())).containsExactly("library/nginx:1");
        }
    }

    @Test
    void ignoresNamespaceWithoutTags() {
        try (TestRegistry registry = TestRegistry.builder().catalog(false).start()) {
            registry.fault(Fault.on("GET", "^/v2/library/nginx/tags/list")
                    .status(200, "{\"name\":\"library/nginx\",\"tags\":[]}")
                    .always());

            assertThatThrownBy(() -> namespace(registry).list())
                    .isInstanceOf(ContentException.NotFound.class)
                    .hasMessageContaining("_catalog");
        }
    }
}
