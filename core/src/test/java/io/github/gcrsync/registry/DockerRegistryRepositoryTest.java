package io.github.gcrsync.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.gcrsync.content.ContentException;
import io.github.gcrsync.content.Repository;
import io.github.gcrsync.content.RepositoryContract;
import io.github.gcrsync.content.TestImages;
import io.github.gcrsync.engine.Engine;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import io.github.gcrsync.oci.RepositoryName;
import io.github.gcrsync.testkit.DockerRegistry;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the contract against Debian's docker-registry. */
final class DockerRegistryRepositoryTest extends RepositoryContract {
    private static final RepositoryName NAME = new RepositoryName("some/repository");

    private final Engine engine = Engine.builder().build();

    @TempDir
    private Path folder;

    private DockerRegistry registry;

    @BeforeEach
    void start() {
        registry = DockerRegistry.start(folder);
    }

    @Override
    protected Repository repository(RepositoryName name) {
        return engine.registry(registry.host()).repository(name);
    }

    @Override
    protected boolean deletesTags() {
        return false;
    }

    /** distribution 2 answers HTTP 500; it is enough that no manifest is returned. */
    @Test
    @Override
    protected void doesNotServeBlobAsManifest() {
        byte[] content = TestImages.utf8("{}");
        Repository repository = repository(NAME);
        repository.ensureBlob(Descriptor.of(TestImages.CONFIG, content), TestImages.content(content));

        assertThatThrownBy(() -> repository.manifest(Digest.sha256(content).value()))
                .isInstanceOf(ContentException.class);
    }

    /** distribution 2 has no referrers API: the client maintains a list under a tag ("Referrers Tag Schema"). */
    @Test
    @Override
    protected void listsReferrersOfSubject() {
        byte[] content = TestImages.utf8("{}");
        Descriptor config = Descriptor.of(TestImages.CONFIG, content);
        Repository repository = repository(NAME);
        repository.ensureBlob(config, TestImages.content(content));
        Manifest subject = TestImages.image(config, List.of(config));
        Manifest signature = TestImages.referrer(subject.descriptor(), "application/vnd.example.signature", config);
        Digest digest = subject.descriptor().digest();
        repository.putManifest("1", subject);
        repository.putManifest(signature.descriptor().digest().value(), signature);
        assertThat(repository.referrers(digest)).isEmpty();

        repository.putManifest(
                digest.value().replace(':', '-'),
                TestImages.index(MediaType.OCI_INDEX, List.of(signature.descriptor())));

        assertThat(repository.referrers(digest))
                .extracting(Descriptor::digest)
                .containsExactly(signature.descriptor().digest());
    }

    @AfterEach
    void stop() {
        engine.close();
        registry.close();
    }
}
