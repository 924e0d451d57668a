package io.github.gcrsync.content;

import static io.github.gcrsync.content.TestImages.content;
import static io.github.gcrsync.content.TestImages.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.github.gcrsync.oci.Bytes;
import io.github.gcrsync.oci.Descriptor;
import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.oci.Manifest;
import io.github.gcrsync.oci.MediaType;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Specifies the behavior of every {@link Repository}. */
public abstract class RepositoryContract extends BlobContract {
    @Test
    void isEmptyAtFirst() {
        Repository empty = repository();

        assertThat(empty.resolve("latest")).isEmpty();
        assertThat(empty.resolve(CONFIG_BLOB.digest().value())).isEmpty();
        assertThat(empty.tags()).isEmpty();
        assertThat(empty.referrers(CONFIG_BLOB.digest())).isEmpty();
        assertThatThrownBy(() -> empty.manifest("latest")).isInstanceOf(ContentException.NotFound.class);
        assertThatThrownBy(() -> empty.manifest(CONFIG_BLOB.digest().value()))
                .isInstanceOf(ContentException.NotFound.class);
        assertThatThrownBy(() -> read(empty, LAYER_BLOB, 0)).isInstanceOf(ContentException.NotFound.class);
    }

    @Test
    void distinguishesMissingFromExistingTags() {
        Repository repository = repository();
        put(repository, "1", image(repository));

        assertThat(repository.resolve("2")).isEmpty();
        assertThatThrownBy(() -> repository.manifest("2")).isInstanceOf(ContentException.NotFound.class);
        String absent = Digest.sha256(utf8("absent")).value();
        assertThat(repository.resolve(absent)).isEmpty();
        assertThatThrownBy(() -> repository.manifest(absent)).isInstanceOf(ContentException.NotFound.class);
    }

    @Test
    void preservesBytesOfOciImage() {
        Repository repository = repository();
        Manifest image = image(repository);

        put(repository, "v1.0_x-Y", image);

        assertExists(repository, "v1.0_x-Y", image);
    }

    @Test
    void preservesTypeOfDockerImage() {
        Repository repository = repository();
        pushBlobs(repository);
        Manifest image = TestImages.dockerImage(CONFIG_BLOB, List.of(LAYER_BLOB));

        put(repository, "docker", image);

        assertExists(repository, "docker", image);
    }

    @Test
    void storesNestedIndexesOfDockerAndOciImages() {
        Repository repository = repository();
        Manifest oci = image(repository);
        Manifest docker = TestImages.dockerImage(CONFIG_BLOB, List.of(LAYER_BLOB));
        Manifest inner = TestImages.index(MediaType.DOCKER_MANIFEST_LIST, List.of(docker.descriptor()));
        Manifest outer = TestImages.index(MediaType.OCI_INDEX, List.of(oci.descriptor(), inner.descriptor()));

        for (Manifest child : List.of(oci, docker, inner)) {
            repository.putChild(child);
        }
        put(repository, "nested", outer);

        assertExists(repository, "nested", outer);
        for (Manifest child : List.of(oci, docker, inner)) {
            assertExists(repository, child.descriptor().digest().value(), child);
        }
        assertThat(repository.tags()).containsExactly("nested");
    }

    @Test
    void storesImageWithDuplicateLayer() {
        Repository repository = repository();
        pushBlobs(repository);
        Manifest image = TestImages.image(CONFIG_BLOB, List.of(LAYER_BLOB, LAYER_BLOB));

        put(repository, "twice", image);

        assertExists(repository, "twice", image);
    }

    @Test
    void createsNoTagForPutByDigest() {
        Repository repository = repository();
        Manifest image = image(repository);

        repository.putManifest(image.descriptor().digest().value(), image);

        assertExists(repository, image.descriptor().digest().value(), image);
        assertThat(repository.tags()).isEmpty();
    }

    @Test
    protected void doesNotServeBlobAsManifest() {
        Repository repository = repository();
        pushBlobs(repository);

        assertThat(repository.resolve(CONFIG_BLOB.digest().value())).isEmpty();
        assertThatThrownBy(() -> repository.manifest(CONFIG_BLOB.digest().value()))
                .isInstanceOf(ContentException.NotFound.class);
    }

    @Test
    void movesTag() {
        Repository repository = repository();
        Manifest before = image(repository);
        Manifest after = TestImages.dockerImage(CONFIG_BLOB, List.of());

        put(repository, "latest", before);
        put(repository, "other", before);
        put(repository, "latest", after);

        assertExists(repository, "latest", after);
        assertExists(repository, "other", before);
        assertExists(repository, before.descriptor().digest().value(), before);
        assertThat(repository.tags()).containsExactlyInAnyOrder("latest", "other");
    }

    @Test
    void listsEveryTagOnce() {
        Repository repository = repository();
        Manifest image = image(repository);
        List<String> tags = IntStream.range(0, 130).mapToObj(i -> "t" + i).toList();

        tags.forEach(tag -> put(repository, tag, image));

        assertThat(repository.tags()).containsExactlyInAnyOrderElementsOf(tags);
    }

    @Test
    void acceptsTagsFromManyThreads() throws Exception {
        Repository repository = repository();
        Manifest image = image(repository);
        List<String> tags = IntStream.range(0, 40).mapToObj(i -> "t" + i).toList();

        inParallel(tags.stream()
                .map(tag -> (Callable<Void>) () -> {
                    repository.putManifest(tag, image);
                    return null;
                })
                .toList());

        assertThat(repository.tags()).containsExactlyInAnyOrderElementsOf(tags);
    }

    @Test
    protected void listsReferrersOfSubject() {
        Repository repository = repository();
        Manifest subject = image(repository);
        put(repository, "signed", subject);
        Manifest signature =
                TestImages.referrer(subject.descriptor(), "application/vnd.example.signature", CONFIG_BLOB);
        Manifest report = TestImages.referrer(subject.descriptor(), "application/vnd.example.sbom", CONFIG_BLOB);

        repository.putManifest(signature.descriptor().digest().value(), signature);
        put(repository, "report", report);

        assertThat(repository.referrers(subject.descriptor().digest()))
                .extracting(Descriptor::digest, Descriptor::mediaType, Descriptor::artifactType)
                .containsExactlyInAnyOrder(
                        tuple(
                                signature.descriptor().digest(),
                                MediaType.OCI_MANIFEST,
                                Optional.of("application/vnd.example.signature")),
                        tuple(
                                report.descriptor().digest(),
                                MediaType.OCI_MANIFEST,
                                Optional.of("application/vnd.example.sbom")));
        assertThat(repository.referrers(signature.descriptor().digest())).isEmpty();
        assertExists(repository, signature.descriptor().digest().value(), signature);
    }

    @Test
    void knowsBlobsBySize() {
        Repository repository = repository();
        assertThat(repository.hasBlob(LAYER_BLOB)).isFalse();

        pushBlobs(repository);

        assertThat(repository.hasBlob(LAYER_BLOB)).isTrue();
        assertThat(repository.hasBlob(CONFIG_BLOB)).isTrue();
        assertThat(repository.hasBlob(new Descriptor(TestImages.LAYER, LAYER_BLOB.digest(), LAYER_BLOB.size() + 1)))
                .isFalse();
    }

    /** Whether the store deletes tags without their manifests. */
    protected boolean deletesTags() {
        return true;
    }

    @Test
    void deletesOnlyTheTag() {
        Repository repository = repository();
        Manifest image = image(repository);
        put(repository, "1", image);
        put(repository, "2", image);

        assertThat(repository.deleteTag("1")).isEqualTo(deletesTags());

        assertThat(repository.tags()).hasSize(deletesTags() ? 1 : 2).contains("2");
        assertExists(repository, "2", image);
        assertExists(repository, image.descriptor().digest().value(), image);
        assertThat(repository.deleteTag("1")).isEqualTo(deletesTags());
        assertThat(repository.deleteTag("never")).isEqualTo(deletesTags());
    }

    @Test
    void deletesManifestWithItsTags() {
        Repository repository = repository();
        Manifest image = image(repository);
        Manifest other = TestImages.image(CONFIG_BLOB, List.of());
        put(repository, "1", image);
        put(repository, "2", image);
        put(repository, "3", other);
        Digest digest = image.descriptor().digest();

        assertThat(repository.deleteManifest(digest)).isTrue();
        repository.deleteUnusedBlobs();

        assertThat(repository.tags()).containsExactly("3");
        assertThat(repository.resolve("1")).isEmpty();
        assertThat(repository.resolve(digest.value())).isEmpty();
        assertExists(repository, "3", other);
        assertThat(repository.deleteManifest(digest)).isTrue();
        assertThat(repository.deleteManifest(Digest.sha256(utf8("never")))).isTrue();
    }

    @Test
    void deletesInMissingRepository() {
        Repository repository = repository();

        assertThat(repository.deleteTag("1")).isEqualTo(deletesTags());
        assertThat(repository.deleteManifest(CONFIG_BLOB.digest())).isTrue();
        assertThat(repository.deleteUnusedBlobs()).isZero();
        assertThat(repository.tags()).isEmpty();
    }

    private static void assertExists(Repository repository, String tagOrDigest, Manifest expected) {
        assertThat(repository.resolve(tagOrDigest)).hasValueSatisfying(found -> {
            assertThat(found.digest()).isEqualTo(expected.descriptor().digest());
            assertThat(found.mediaType()).isEqualTo(expected.descriptor().mediaType());
            assertThat(found.size()).isEqualTo(expected.descriptor().size());
        });
        Manifest found = repository.manifest(tagOrDigest);
        Bytes content = found.content();
        assertThat(content).isEqualTo(expected.content());
        assertThat(found.descriptor().mediaType())
                .isEqualTo(expected.descriptor().mediaType());
        assertThat(found.children()).isEqualTo(expected.children());
        assertThat(found).hasSameClassAs(expected);
    }

    private static void put(Repository repository, String tag, Manifest manifest) {
        repository.putManifest(tag, manifest);
    }

    private static Manifest image(Repository repository) {
        pushBlobs(repository);
        return TestImages.image(CONFIG_BLOB, List.of(LAYER_BLOB));
    }
}
