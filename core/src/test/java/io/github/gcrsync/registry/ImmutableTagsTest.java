package io.github.gcrsync.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.content.TestImages;
import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.TestRegistry;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pushes tags that the registry does not let anybody overwrite. */
@Timeout(60)
final class ImmutableTagsTest {
    private static final byte[] CONFIG_BYTES = TestImages.utf8("{}");
    private static final Descriptor CONFIG = Descriptor.of(TestImages.CONFIG, CONFIG_BYTES);
    private static final Manifest BEFORE = TestImages.image(CONFIG, List.of());
    private static final Manifest AFTER = TestImages.image(CONFIG, List.of(CONFIG));

    private final Engine engine = Registries.engine().build();

    @AfterEach
    void stop() {
        engine.close();
    }

    private Repository repository(TestRegistry registry) {
        Repository repository = engine.registry(registry.host()).repository(new RepositoryName("a"));
        repository.ensureBlob(CONFIG, TestImages.content(CONFIG_BYTES));
        return repository;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400 | TAG_INVALID | The image tag '1' already exists in the 'a' repository and cannot be overwritten because the tag is immutable.",
                "412 | PRECONDITION | Failed to process request due to 'a:1' configured as immutable.",
                "403 | DENIED | This tag is already assigned to an image in this repository and cannot be updated due to immutability settings.",
                "405 | REGISTRY_DISALLOWED_OPERATION | The operation is disallowed on this registry, repository or image.",
                "409 | TAG_IMMUTABLE | tag immutable"
            })
    void acceptsEqualDigestAndReportsAnother(int status, String code, String message) {
        try (TestRegistry registry =
                TestRegistry.builder().immutableTags(status, code, message).start()) {
            Repository repository = repository(registry);
            repository.putManifest("1", BEFORE);

            repository.putManifest("1", BEFORE);
            assertThatThrownBy(() -> repository.putManifest("1", AFTER))
                    .isInstanceOf(ContentException.Held.class)
                    .hasMessageStartingWith("the tag " + registry.host() + "/a:1 is "
                            + BEFORE.descriptor().digest() + " and cannot be overwritten with "
                            + AFTER.descriptor().digest() + ": HTTP " + status + " " + code)
                    .hasMessageEndingWith("; exclude the tag, delete it at the destination, or make it mutable there");

            assertThat(registry.log().count("HEAD", "manifests/1")).isEqualTo(2);
            repository.putManifest("2", AFTER);
            repository.putManifest(AFTER.descriptor().digest().value(), AFTER);
        }
    }

    /** Nexus gives the reason only in the detail. */
    @Test
    void readsDetailOfError() {
        try (TestRegistry registry = TestRegistry.start()) {
            Repository repository = repository(registry);
            repository.putManifest("1", BEFORE);
            registry.fault(
                    Fault.on("PUT", "manifests/1")
                            .status(
                                    400,
                                    "{\"errors\":[{\"code\":\"BLOB_UPLOAD_INVALID\",\"message\":\"blob upload invalid\",\"detail\":\"Repository does not allow updating assets: docker\"}]}"));

            assertThatCode(() -> repository.putManifest("1", BEFORE)).doesNotThrowAnyException();
        }
    }

    /** A repository that is locked as a whole accepts nothing. */
    @Test
    void keepsReasonIfTagDoesNotExist() {
        try (TestRegistry registry = TestRegistry.start()) {
            Repository repository = repository(registry);
            registry.fault(Fault.on("PUT", "manifests/1")
                    .status(405, "{\"errors\":[{\"code\":\"REGISTRY_DISALLOWED_OPERATION\"}]}"));

            assertThatThrownBy(() -> repository.putManifest("1", BEFORE))
                    .isInstanceOf(ContentException.Unwritable.class)
                    .hasMessageContaining("HTTP 405 REGISTRY_DISALLOWED_OPERATION");
        }
    }

    @Test
    void requestsNothingAfterOtherRefusals() {
        try (TestRegistry registry = TestRegistry.start()) {
            Repository repository = repository(registry);
            repository.putManifest("1", BEFORE);
            registry.fault(
                    Fault.on("PUT", "manifests/1").status(400, "{\"errors\":[{\"code\":\"MANIFEST_INVALID\"}]}"));

            assertThatThrownBy(() -> repository.putManifest("1", BEFORE))
                    .isInstanceOfSatisfying(
                            ContentException.Unsupported.class,
                            refusal -> assertThat(refusal.isOfContent()).isTrue());

            assertThat(registry.log().count("HEAD", "manifests")).isZero();
        }
    }
}
