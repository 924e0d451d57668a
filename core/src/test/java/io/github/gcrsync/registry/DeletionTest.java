package io.github.gcrsync.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.auth.Credential;
import io.github.gcrsync.auth.Credentials;
import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.testkit.Content;
import io.github.gcrsync.testkit.DockerRegistry;
import io.github.gcrsync.testkit.Exchange;
import io.github.gcrsync.testkit.Fault;
import io.github.gcrsync.testkit.SampleImage;
import io.github.gcrsync.testkit.SampleImages;
import io.github.gcrsync.testkit.TestRegistry;
import io.github.gcrsync.testkit.User;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Deletes tags and manifests, and looks for blobs, at registries that do not support it, or differently. */
@Timeout(60)
final class DeletionTest {
    private static final SampleImage IMAGE = SampleImages.oci("linux/amd64", SampleImages.layer(1, 2));

    private Engine engine = Registries.engine().build();

    @AfterEach
    void stop() {
        engine.close();
    }

    private Repository repository(TestRegistry registry, String name) {
        return engine.registry(registry.host()).repository(new RepositoryName(name));
    }

    private static Digest digest() {
        return new Digest(IMAGE.digest());
    }

    private static Descriptor blob() {
        Map.Entry<String, Content> blob = IMAGE.blobs().entrySet().iterator().next();
        return new Descriptor("", new Digest(blob.getKey()), blob.getValue().size());
    }

    @ParameterizedTest
    @CsvSource({"400, DIGEST_INVALID", "405, UNSUPPORTED", "501, UNSUPPORTED"})
    void asksOnceIfRegistryDeletesNoTags(int status, String code) {
        try (TestRegistry registry =
                TestRegistry.builder().refuseTagDeletion(status, code).start()) {
            registry.put("a", "1", IMAGE);
            registry.put("b", "1", IMAGE);

            assertThat(repository(registry, "a").deleteTag("1")).isFalse();
            assertThat(repository(registry, "a").deleteTag("2")).isFalse();
            assertThat(repository(registry, "b").deleteTag("1")).isFalse();
            assertThat(registry.log().count("DELETE", "manifests")).isEqualTo(1);
            assertThat(repository(registry, "a").deleteManifest(digest())).isTrue();

            assertThat(registry.tags("a")).isEmpty();
            assertThat(registry.tags("b")).containsExactly("1");
        }
    }

    /** The caller would delete the manifest, and with it the tag that is protected. */
    @ParameterizedTest
    @CsvSource({
        "400, TAG_INVALID, the tag is immutable",
        "400, UNSUPPORTED, the tag is locked",
        "400, MANIFEST_INVALID, ''",
        "405, REGISTRY_DISALLOWED_OPERATION, The operation is disallowed on this registry",
        "405, DENIED, ''",
        "412, PRECONDITION, configured as immutable"
    })
    void reportsRefusalOfOneTag(int status, String code, String message) {
        try (TestRegistry registry = TestRegistry.start()) {
            registry.put("a", "1", IMAGE);
            registry.put("a", "2", IMAGE);
            registry.fault(Fault.on("DELETE", "manifests").status(status, errors(code, message)));

            assertThatThrownBy(() -> repository(registry, "a").deleteTag("1"))
                    .isInstanceOf(ContentException.Unsupported.class)
                    .hasMessageContaining("HTTP " + status + " " + code)
                    .hasMessageContaining(message);
            assertThat(repository(registry, "a").deleteTag("2")).isTrue();

            assertThat(registry.tags("a")).containsExactly("1");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 405, 501})
    void refusalWithoutCodeCountsForAllTags(int status) {
        try (TestRegistry registry = TestRegistry.start()) {
            registry.put("a", "1", IMAGE);
            registry.fault(Fault.on("DELETE", "manifests").status(status, "not allowed"));

            assertThat(repository(registry, "a").deleteTag("1")).isFalse();
            assertThat(repository(registry, "a").deleteTag("1")).isFalse();

            assertThat(registry.log().count("DELETE", "manifests")).isEqualTo(1);
        }
    }

    /** An answer about one tag must not count for all. */
    @Test
    void asksAgainAfterOtherAnswers() {
        try (TestRegistry registry = TestRegistry.start()) {
            registry.put("a", "1", IMAGE);
            registry.fault(Fault.on("DELETE", "manifests").status(404, errors("UNSUPPORTED")));

            assertThat(repository(registry, "a").deleteTag("1")).isFalse();
            assertThat(repository(registry, "a").deleteTag("1")).isTrue();

            assertThat(registry.tags("a")).isEmpty();
        }
    }

    @Test
    void reportsDisabledDeletion() {
        try (TestRegistry registry = TestRegistry.builder().deletes(false).start()) {
            registry.put("a", "1", IMAGE);

            assertThat(repository(registry, "a").deleteTag("1")).isFalse();
            assertThat(repository(registry, "a").deleteManifest(digest())).isFalse();

            assertThat(registry.tags("a")).containsExactly("1");
        }
    }

    @Test
    void reportsDisabledDeletionOfDockerRegistry(@TempDir Path folder) {
        try (DockerRegistry registry = DockerRegistry.in(folder).deletes(false).start()) {
            registry.put("a", "1", IMAGE);
            Repository repository = engine.registry(registry.host()).repository(new RepositoryName("a"));

            assertThat(repository.deleteTag("1")).isFalse();
            assertThat(repository.deleteManifest(digest())).isFalse();

            assertThat(repository.tags()).containsExactly("1");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "400, DIGEST_INVALID",
        "405, DENIED",
        "405, REGISTRY_DISALLOWED_OPERATION",
        "409, DENIED",
        "412, PRECONDITION"
    })
    void reportsRefusalOfOneManifest(int status, String code) {
        try (TestRegistry registry = TestRegistry.start()) {
            registry.put("a", "1", IMAGE);
            registry.fault(Fault.on("DELETE", "manifests").status(status, errors(code)));

            assertThatThrownBy(() -> repository(registry, "a").deleteManifest(digest()))
                    .isInstanceOf(ContentException.Unsupported.class)
                    .hasMessageContaining("HTTP " + status + " " + code + " from DELETE");
        }
    }

    @Test
    void reportsMissingPermission() {
        try (TestRegistry registry = TestRegistry.start()) {
            registry.put("a", "1", IMAGE);
            registry.fault(Fault.on("DELETE", "manifests").always().status(403, errors("DENIED")));

            assertThatThrownBy(() -> repository(registry, "a").deleteManifest(digest()))
                    .isInstanceOf(ContentException.Denied.class);
            assertThatThrownBy(() -> repository(registry, "a").deleteTag("1"))
                    .isInstanceOf(ContentException.Denied.class);
        }
    }

    @Test
    void retriesDeletion() {
        try (TestRegistry registry = TestRegistry.start()) {
            registry.put("a", "1", IMAGE);
            registry.fault(Fault.on("DELETE", "manifests").status(503));

            assertThat(repository(registry, "a").deleteTag("1")).isTrue();

            assertThat(registry.log().count("DELETE", "manifests")).isEqualTo(2);
            assertThat(registry.tags("a")).isEmpty();
        }
    }

    @Test
    void asksForPermissionToDelete() {
        try (TestRegistry registry = TestRegistry.builder()
                .bearerAuth(Duration.ofMinutes(5), new User("robot", "secret"))
                .start()) {
            registry.put("a", "1", IMAGE);
            engine.close();
            engine = Registries.engine()
                    .credentials(Credentials.of(registry.host(), Credential.password("robot", "secret")))
                    .build();

            assertThat(repository(registry, "a").deleteTag("1")).isTrue();

            assertThat(registry.log().exchanges())
                    .filteredOn(exchange -> exchange.path().equals("/token"))
                    .extracting(Exchange::query)
                    .singleElement()
                    .asString()
                    .contains("pull%2Cdelete");
        }
    }

    @Test
    void looksForBlobByOneHead() {
        try (TestRegistry registry = TestRegistry.start()) {
            registry.put("a", "1", IMAGE);

            assertThat(repository(registry, "a").hasBlob(blob())).isTrue();
            assertThat(repository(registry, "b").hasBlob(blob())).isFalse();

            assertThat(registry.log().count("HEAD", "blobs")).isEqualTo(2);
            assertThat(registry.log().count()).isEqualTo(2);
        }
    }

    @Test
    void looksForBlobWhereHeadIsRedirected() {
        try (TestRegistry registry = TestRegistry.start();
                TestRegistry storage = TestRegistry.start()) {
            storage.put("a", "1", IMAGE);
            registry.fault(Fault.on("HEAD", "blobs")
                    .always()
                    .status(307)
                    .header("Location", "http://" + storage.host() + "/v2/a/blobs/" + blob().digest()));

            assertThat(repository(registry, "a").hasBlob(blob())).isTrue();
            storage.deleteBlob("a", blob().digest().value());
            assertThat(repository(registry, "a").hasBlob(blob())).isFalse();

            assertThat(registry.log().count("GET", "blobs")).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"403", "405", "501"})
    void looksForBlobByGetIfHeadIsRefused(int status) {
        try (TestRegistry registry = TestRegistry.builder().redirectBlobs(true).start()) {
            registry.put("a", "1", IMAGE);
            registry.fault(Fault.on("HEAD", "blobs").always().status(status));

            assertThat(repository(registry, "a").hasBlob(blob())).isTrue();
            registry.deleteBlob("a", blob().digest().value());
            assertThat(repository(registry, "a").hasBlob(blob())).isFalse();
        }
    }

    @Test
    void reportsThatBlobsMayNotBeRead() {
        try (TestRegistry registry = TestRegistry.start()) {
            registry.fault(Fault.on("HEAD", "blobs").always().status(403));
            registry.fault(Fault.on("GET", "blobs").always().status(403));

            assertThatThrownBy(() -> repository(registry, "a").hasBlob(blob()))
                    .isInstanceOf(ContentException.Denied.class);
        }
    }

    private static String errors(String code) {
        return errors(code, "");
    }

    private static String errors(String code, String message) {
        return "{\"errors\":[{\"code\":\"" + code + "\",\"message\":\"" + message + "\"}]}";
    }
}
